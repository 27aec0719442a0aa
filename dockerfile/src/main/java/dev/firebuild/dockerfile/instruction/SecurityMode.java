package dev.firebuild.dockerfile.instruction;

/** {@code RUN --security}. */
public enum SecurityMode {
  SANDBOX,
  INSECURE
}
