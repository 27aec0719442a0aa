package dev.firebuild.dockerfile.text;

import java.util.Optional;

/**
 * The directives at the top of a Dockerfile.
 *
 * @param escape the escape character: backslash or backtick
 * @param syntax the front end that the file asks for; there is only this one
 * @param check settings of the build checks
 */
public record Directives(char escape, Optional<String> syntax, Optional<String> check) {
  /** A file without directives. */
  public static final Directives NONE = new Directives('\\', Optional.empty(), Optional.empty());
}
