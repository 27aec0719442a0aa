package dev.firebuild.dockerfile.instruction;

/** {@code RUN --network}. */
public enum NetworkMode {
  DEFAULT,
  NONE,
  HOST
}
