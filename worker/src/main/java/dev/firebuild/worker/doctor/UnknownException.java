package dev.firebuild.worker.doctor;

/** A fact of the host cannot be told; the message says why. */
final class UnknownException extends Exception {
  private static final long serialVersionUID = 1;

  UnknownException(String reason) {
    super(reason);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
