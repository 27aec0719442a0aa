package dev.firebuild.coordinator.http;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.plan.DockerfileChecks;
import dev.firebuild.dockerfile.plan.PlanOptions;
import dev.firebuild.dockerfile.plan.Platform;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.resource.Problem;
import dev.firebuild.protocol.resource.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Looks at a Dockerfile before anything is queued. */
final class DockerfileCheck {
  private DockerfileCheck() {}

  /** Throws a {@link ProblemException} with line and column if {@code text} cannot be built. */
  static void check(String text, BuildRequest request) {
    PlanOptions options =
        PlanOptions.on(Platform.LINUX_AMD64)
            .withTarget(request.target())
            .withBuildArgs(request.buildArgs())
            .withLabels(request.labels());
    try {
      DockerfileChecks.check(text.getBytes(StandardCharsets.UTF_8), options);
    } catch (DockerfileException e) {
      throw problem(e);
    }
  }

  private static ProblemException problem(DockerfileException e) {
    Problem problem = Problem.of(422, "dockerfile", "The Dockerfile cannot be built", e.describe());
    if (e.position().isPresent()) {
      return new ProblemException(
          problem.at(e.position().get().line(), Optional.of(e.position().get().column())));
    }
    return new ProblemException(
        e.location()
            .map(location -> problem.at(location.firstLine(), Optional.of(1)))
            .orElse(problem));
  }
}
