package dev.firebuild.worker.guest;

/** How a build step ended. */
public sealed interface StepEnd {
  /**
   * Its program ran.
   *
   * @param code exit code; 128 + n after signal n
   */
  record Exited(int code) implements StepEnd {}

  /**
   * Its program could not be started because the step is wrong: an unknown user, no such program, a
   * working directory that is a file.
   *
   * @param message as Docker says it, for example {@code unable to find user ghost: no matching
   *     entries in passwd file}
   */
  record Unprepared(String message) implements StepEnd {}
}
