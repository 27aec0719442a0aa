package dev.firebuild.worker.tar;

import java.io.IOException;

/**
 * Bytes that are no tar archive, or one that firebuild does not take; the message is for people.
 */
public final class TarFormatException extends IOException {
  private static final long serialVersionUID = 1;

  public TarFormatException(String message) {
    super(message);
  }
}
