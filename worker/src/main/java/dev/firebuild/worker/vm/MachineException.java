package dev.firebuild.worker.vm;

import dev.firebuild.protocol.event.FailureCode;
import java.io.IOException;

/** A machine could not be started or taken over; the message is for people. */
public final class MachineException extends IOException {
  private static final long serialVersionUID = 1;
  private final FailureCode code;

  public MachineException(FailureCode code, String message) {
    super(message);
    this.code = code;
  }

  public MachineException(FailureCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** For programs: {@code HOST}, {@code VMM}, {@code NOT_FOUND}, {@code GUEST_PANIC} … */
  public FailureCode code() {
    return code;
  }
}
