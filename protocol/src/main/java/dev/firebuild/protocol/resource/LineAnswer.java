package dev.firebuild.protocol.resource;

import java.util.Optional;

/**
 * The answer to one line of a request that has many.
 *
 * @param line the number of the line, from 1
 * @param status what the HTTP status would be if the line had come alone
 * @param id of the build or VM; present if it was accepted, or may have been
 * @param problem why it was not accepted
 */
public record LineAnswer(long line, int status, Optional<String> id, Optional<Problem> problem) {
  /** The request of {@code line} is a durable record. */
  public static LineAnswer accepted(long line, String id) {
    return new LineAnswer(line, 202, Optional.of(id), Optional.empty());
  }

  /** The request of {@code line} is not accepted, as far as is known. */
  public static LineAnswer refused(long line, Optional<String> id, Problem problem) {
    return new LineAnswer(line, problem.status(), id, Optional.of(problem));
  }
}
