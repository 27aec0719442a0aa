package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.Location;
import java.util.List;

/** What the language has and this version does not execute yet. */
public final class UnsupportedFeatures {
  private UnsupportedFeatures() {}

  /** A use of such a feature. */
  public record Use(Location location, String message) {}

  /** All uses in a plan, in the order of the file. */
  public static List<Use> find(BuildPlan plan) {
    return java.util.Optional.<List<Use>>empty().orElseThrow();
  }

  /**
   * Refuses a plan with such a feature.
   *
   * @throws DockerfileException in the phase PLAN, naming the first use
   */
  public static void check(BuildPlan plan) throws DockerfileException {
    if (plan.stages().size() > 0) {
      throw new UnsupportedOperationException("not written yet");
    }
  }
}
