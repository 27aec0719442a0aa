package dev.firebuild.worker.source;

import dev.firebuild.protocol.event.FailureCode;

/** A source that cannot be had or used; the message is for people. */
public final class SourceException extends Exception {
  private static final long serialVersionUID = 1;

  private final FailureCode code;

  public SourceException(FailureCode code, String message) {
    super(message);
    this.code = code;
  }

  public SourceException(FailureCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What kind of failure this is of the build that needs the source. */
  public FailureCode code() {
    return code;
  }
}
