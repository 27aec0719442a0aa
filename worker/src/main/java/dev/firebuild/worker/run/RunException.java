package dev.firebuild.worker.run;

import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;

/** A run cannot be started; the message is for people. */
final class RunException extends Exception {
  private static final long serialVersionUID = 1;

  private final FailureCode code;

  RunException(FailureCode code, String message) {
    super(message);
    this.code = code;
  }

  RunException(FailureCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  Failure failure() {
    return Failure.of(code, String.valueOf(getMessage()));
  }
}
