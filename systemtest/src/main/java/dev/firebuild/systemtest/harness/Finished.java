package dev.firebuild.systemtest.harness;

import java.time.Duration;

/**
 * A program that has ended.
 *
 * @param command for messages
 */
public record Finished(
    String command, int exitCode, String stdout, String stderr, Duration duration) {

  /** This, if it ended with 0; throws with all that it printed otherwise. */
  public Finished requireSuccess() {
    return requireExit(0);
  }

  /** This, if it ended with {@code code}; throws with all that it printed otherwise. */
  public Finished requireExit(int code) {
    if (exitCode != code) {
      throw new AssertionError(
          "%s: exit code %d, expected %d%n--- stdout%n%s%n--- stderr%n%s"
              .formatted(command, exitCode, code, stdout, stderr));
    }
    return this;
  }
}
