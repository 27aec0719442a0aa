package dev.firebuild.worker.image;

import dev.firebuild.protocol.event.FailureCode;
import java.io.IOException;

/** Something about an image or layer is not as it must be; the message is for people. */
public final class ImageException extends IOException {
  private static final long serialVersionUID = 1;

  private final FailureCode code;

  public ImageException(FailureCode code, String message) {
    super(message);
    this.code = code;
  }

  /** For programs: {@code NOT_FOUND}, {@code HOST}. */
  public FailureCode code() {
    return code;
  }
}
