package dev.firebuild.coordinator.http;

import dev.firebuild.protocol.request.BuildRequest;

/** Looks at a Dockerfile before anything is queued. */
@FunctionalInterface
interface DockerfileCheck {
  /** Throws a {@link ProblemException} with line and column if {@code text} cannot be built. */
  void check(String text, BuildRequest request);
}
