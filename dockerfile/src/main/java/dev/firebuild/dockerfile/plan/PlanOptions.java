package dev.firebuild.dockerfile.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the person who builds adds to a Dockerfile.
 *
 * @param target the stage to build, by name in any case; the last one if absent
 * @param buildArgs values of {@code ARG} variables, and of the predefined ones
 * @param labels added to the image, over those of the Dockerfile
 * @param buildPlatform what the build runs on
 * @param targetPlatform what the image is for
 */
public record PlanOptions(
    Optional<String> target,
    Map<String, String> buildArgs,
    Map<String, String> labels,
    Platform buildPlatform,
    Platform targetPlatform) {
  public PlanOptions {
    target = target.filter(name -> !name.isEmpty());
    buildArgs = Collections.unmodifiableMap(new LinkedHashMap<>(buildArgs));
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }

  /** Nothing added, built on and for the same platform. */
  public static PlanOptions on(Platform platform) {
    return new PlanOptions(Optional.empty(), Map.of(), Map.of(), platform, platform);
  }

  public PlanOptions withTarget(Optional<String> other) {
    return new PlanOptions(other, buildArgs, labels, buildPlatform, targetPlatform);
  }

  public PlanOptions withBuildArgs(Map<String, String> others) {
    return new PlanOptions(target, others, labels, buildPlatform, targetPlatform);
  }

  public PlanOptions withLabels(Map<String, String> others) {
    return new PlanOptions(target, buildArgs, others, buildPlatform, targetPlatform);
  }

  public PlanOptions withTargetPlatform(Platform other) {
    return new PlanOptions(target, buildArgs, labels, buildPlatform, other);
  }
}
