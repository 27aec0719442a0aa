package dev.firebuild.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;

/**
 * Why something ended badly.
 *
 * @param code for programs, see {@link FailureCode}
 * @param message for people: what was done, to what, what went wrong, what to do
 * @param step name of the failing step, as in {@code planned}
 * @param firstLine first line of the Dockerfile to blame, from 1
 * @param lastLine last line of the Dockerfile to blame
 * @param exitCode of the failing program
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Failure(
    FailureCode code,
    String message,
    Optional<String> step,
    Optional<Integer> firstLine,
    Optional<Integer> lastLine,
    Optional<Integer> exitCode) {

  /** A failure that no Dockerfile line is to blame for. */
  public static Failure of(FailureCode code, String message) {
    return new Failure(
        code, message, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }
}
