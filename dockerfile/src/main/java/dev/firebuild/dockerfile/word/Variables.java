package dev.firebuild.dockerfile.word;

import java.util.Optional;

/** The variables in effect. */
@FunctionalInterface
public interface Variables {
  /** No variable is set. */
  Variables NONE = name -> Optional.empty();

  /** The value of a variable; empty if it is not set. */
  Optional<String> get(String name);
}
