package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.plan.PlannedStep;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.host.HostFailure;
import java.io.IOException;
import java.util.Optional;

/** A build cannot go on; it ends with {@link #failure}. */
final class BuildFailedException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Failure failure;

  BuildFailedException(Failure failure) {
    super(failure.message());
    this.failure = failure;
  }

  /** No line is to blame. */
  static BuildFailedException of(FailureCode code, String message) {
    return new BuildFailedException(Failure.of(code, message));
  }

  /** This host is to blame; {@code cause} is for its log. */
  static BuildFailedException of(FailureCode code, String what, IOException cause) {
    BuildFailedException failed = of(code, what + ": " + HostFailure.reason(cause));
    failed.initCause(cause);
    return failed;
  }

  /** {@code step} is to blame. */
  static BuildFailedException at(PlannedStep step, FailureCode code, String message) {
    return at(step, code, message, Optional.empty());
  }

  /** {@code step} is to blame, whose program ended with {@code exitCode}. */
  static BuildFailedException at(
      PlannedStep step, FailureCode code, String message, Optional<Integer> exitCode) {
    Location location = step.location();
    return new BuildFailedException(
        new Failure(
            code,
            message,
            Optional.of(step.name()),
            Optional.of(location.firstLine()),
            Optional.of(location.lastLine()),
            exitCode));
  }

  Failure failure() {
    return failure;
  }
}
