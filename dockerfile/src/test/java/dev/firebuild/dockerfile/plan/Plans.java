package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.dockerfile.stage.Dockerfile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans short Dockerfiles over one base image. */
final class Plans {
  static final PlanOptions OPTIONS = PlanOptions.on(Platform.LINUX_AMD64);

  private static final ImageConfig BASE =
      new ImageConfig(
          List.of("PATH=/bin", "FROM_BASE=yes"),
          List.of(),
          List.of("sh"),
          "",
          "",
          ImageConfig.EMPTY.exposedPorts(),
          ImageConfig.EMPTY.volumes(),
          Map.of(),
          "",
          List.of(),
          Optional.empty(),
          List.of(),
          "");

  private Plans() {}

  static Dockerfile dockerfile(String... lines) throws DockerfileException {
    return Dockerfile.parse(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }

  /** {@code base} is the only image. */
  static BuildPlan plan(String... lines) throws DockerfileException {
    return plan(OPTIONS, lines);
  }

  static BuildPlan plan(PlanOptions options, String... lines) throws DockerfileException {
    return BuildPlanner.plan(
        dockerfile(lines),
        options,
        name -> name.equals("base") ? Optional.of(BASE) : Optional.empty());
  }

  /** The only step that touches files, of a Dockerfile with one such. */
  static Step step(String... lines) throws DockerfileException {
    return plan(lines).target().steps().stream()
        .map(PlannedStep::step)
        .filter(Step::changesFiles)
        .findFirst()
        .orElseThrow();
  }
}
