package dev.firebuild.worker.guest;

import java.util.Collection;
import java.util.stream.Collectors;

/** Words for a POSIX shell that mean themselves, whatever they hold. */
public final class ShellWords {
  private ShellWords() {}

  /** {@code word} in single quotes, between which a shell finds nothing special but their end. */
  public static String quote(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** Each of {@code words} quoted, with a space between two. */
  public static String join(Collection<String> words) {
    return words.stream().map(ShellWords::quote).collect(Collectors.joining(" "));
  }
}
