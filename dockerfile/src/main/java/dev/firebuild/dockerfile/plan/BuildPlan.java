package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.dockerfile.check.CheckWarning;
import java.util.List;

/**
 * What is to be done to build one target of a Dockerfile.
 *
 * @param stages those that the target needs, each after all that it continues, copies from or
 *     mounts; the target is the last
 * @param config of the resulting image, labels of the command line included
 * @param buildPlatform what the build runs on
 * @param proxyEnvironment {@code NAME=value} of the predefined proxy arguments that were given, for
 *     every RUN whose own environment has no such name. Apart from the steps, since it must never
 *     decide whether a step is cached
 * @param warnings what the build checks say about the file
 */
public record BuildPlan(
    List<PlannedStage> stages,
    ImageConfig config,
    Platform buildPlatform,
    List<String> proxyEnvironment,
    List<CheckWarning> warnings) {
  public BuildPlan {
    stages = List.copyOf(stages);
    proxyEnvironment = List.copyOf(proxyEnvironment);
    warnings = List.copyOf(warnings);
  }

  /** The stage that becomes the image. */
  public PlannedStage target() {
    return stages.getLast();
  }

  /** The stage with this number in the Dockerfile. */
  public PlannedStage stage(int index) {
    return stages.stream()
        .filter(stage -> stage.index() == index)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("stage " + index + " is not in the plan"));
  }
}
