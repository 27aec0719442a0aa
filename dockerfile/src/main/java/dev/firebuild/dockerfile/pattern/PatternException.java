package dev.firebuild.dockerfile.pattern;

/** A pattern that is none. */
public final class PatternException extends Exception {
  private static final long serialVersionUID = 1L;

  public PatternException(String message) {
    super(message);
  }
}
