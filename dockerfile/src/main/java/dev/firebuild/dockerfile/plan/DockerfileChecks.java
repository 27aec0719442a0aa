package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.stage.Dockerfile;

/** What can be said about a Dockerfile before its images and its context are known. */
public final class DockerfileChecks {
  private DockerfileChecks() {}

  /**
   * Finds every mistake that shows without images and context, and every feature that is not
   * executed yet. What depends on the variables of a base image, or on whether it exists, is left
   * to {@link BuildPlanner}.
   *
   * @throws DockerfileException for the first of them
   */
  public static void check(Dockerfile dockerfile, PlanOptions options) throws DockerfileException {
    UnsupportedFeatures.check(BuildPlanner.planWithoutImages(dockerfile, options));
  }

  /**
   * Reads a Dockerfile and checks it like {@link #check(Dockerfile, PlanOptions)}.
   *
   * @param text UTF-8
   * @throws DockerfileException for the first mistake
   */
  public static void check(byte[] text, PlanOptions options) throws DockerfileException {
    check(Dockerfile.parse(text), options);
  }
}
