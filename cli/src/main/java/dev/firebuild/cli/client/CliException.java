package dev.firebuild.cli.client;

/** A failure that one line explains to the person at the terminal; no stack trace is shown. */
public final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The command line itself is wrong. */
  public static final int USAGE = 2;

  /** Something failed. */
  public static final int FAILURE = 1;

  private final int exitCode;

  public CliException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public CliException(String message) {
    this(FAILURE, message);
  }

  public CliException(String message, Throwable cause) {
    super(message, cause);
    this.exitCode = FAILURE;
  }

  /** The same failure with another exit code, for commands that promise one. */
  public CliException withExitCode(int code) {
    CliException same = new CliException(code, getMessage());
    same.initCause(this);
    return same;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  public int exitCode() {
    return exitCode;
  }
}
