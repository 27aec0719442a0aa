package dev.firebuild.protocol.resource;

import java.util.Optional;

/**
 * An error of the HTTP API: a problem document of RFC 9457.
 *
 * @param type {@code urn:firebuild:problem:} and {@code code}
 * @param title the kind of problem, for people
 * @param status the HTTP status
 * @param detail what was tried, on what, what went wrong, what to do
 * @param code for programs, for example {@code not-found}
 * @param line of the Dockerfile, from 1
 * @param column of the Dockerfile, from 1
 */
public record Problem(
    String type,
    String title,
    int status,
    String detail,
    String code,
    Optional<Integer> line,
    Optional<Integer> column) {

  /** The media type of problem documents. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /** A problem that no Dockerfile line is to blame for. */
  public static Problem of(int status, String code, String title, String detail) {
    return new Problem(
        "urn:firebuild:problem:" + code,
        title,
        status,
        detail,
        code,
        Optional.empty(),
        Optional.empty());
  }

  /** The same problem, at a place of a Dockerfile. */
  public Problem at(int line, Optional<Integer> column) {
    return new Problem(type, title, status, detail, code, Optional.of(line), column);
  }
}
