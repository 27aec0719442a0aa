package dev.firebuild.cli.context;

import java.io.IOException;

/** A directory that cannot be a context as it is; the message is for the person who builds. */
public final class ContextException extends IOException {
  private static final long serialVersionUID = 1;

  public ContextException(String message) {
    super(message);
  }
}
