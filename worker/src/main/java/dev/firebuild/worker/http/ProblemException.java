package dev.firebuild.worker.http;

/** Ends a request with a problem document. */
final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;

  ProblemException(int status, String code, String detail) {
    super(detail, null, false, false);
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
