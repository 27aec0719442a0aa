package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.stage.Dockerfile;

/** Turns a Dockerfile into what is to be done. */
public final class BuildPlanner {
  private BuildPlanner() {}

  /**
   * Plans the build of one target.
   *
   * @param images asked once for every image that the target needs
   * @throws DockerfileException in the phase PLAN, if the parts do not go together
   */
  public static BuildPlan plan(Dockerfile dockerfile, PlanOptions options, BaseImages images)
      throws DockerfileException {
    return java.util.Optional.<BuildPlan>empty().orElseThrow();
  }
}
