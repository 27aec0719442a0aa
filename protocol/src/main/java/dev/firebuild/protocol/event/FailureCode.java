package dev.firebuild.protocol.event;

/** Why something ended badly, for programs. */
public enum FailureCode {
  /** The request's fields do not go together or name what this version does not do. */
  INVALID_REQUEST,
  /** The Dockerfile is wrong. */
  DOCKERFILE,
  /** What the request refers to is not there: image, kernel, context. */
  NOT_FOUND,
  /** A program that a step ran ended with an exit code other than 0. */
  STEP_FAILED,
  /** The request's time is over. */
  TIMEOUT,
  /** The guest's kernel or init gave up. */
  GUEST_PANIC,
  /** The guest ended by itself in the middle of the work: reboot or power off. */
  GUEST_EXITED,
  /** The guest's disk is full. */
  DISK_FULL,
  /** The host has not enough memory, disk or rights. */
  HOST,
  /** The VMM ended unexpectedly. */
  VMM,
  /** The owner has given up after several attempts whose workers were lost. */
  WORKER_LOST,
  /** The queue passed the request without a claim. */
  LOST,
  /** A defect of firebuild; the worker's log has the stack trace. */
  INTERNAL,
  /** A code of a later version. */
  @com.fasterxml.jackson.annotation.JsonEnumDefaultValue
  UNKNOWN
}
