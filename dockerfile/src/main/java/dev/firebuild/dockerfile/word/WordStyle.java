package dev.firebuild.dockerfile.word;

/**
 * How words are read.
 *
 * @param escape takes the meaning of the character behind it
 * @param keepQuotes whether quotes stay in the result (they still hold words together)
 * @param keepEscapes whether escape characters stay in the result
 * @param quotesAreText whether quotes mean nothing at all
 * @param keepUnset whether a variable that is not set stays as it is written, instead of becoming
 *     nothing
 */
public record WordStyle(
    char escape,
    boolean keepQuotes,
    boolean keepEscapes,
    boolean quotesAreText,
    boolean keepUnset) {
  /** Arguments of instructions: quotes and escapes go, variables are expanded. */
  public static WordStyle arguments(char escape) {
    return new WordStyle(escape, false, false, false, false);
  }

  /** The content of a heredoc, which knows no quotes. */
  public static WordStyle document() {
    return new WordStyle('\\', false, false, true, false);
  }

  /** Text that is shown to people: only variables with a value are replaced. */
  public static WordStyle display(char escape) {
    return new WordStyle(escape, true, false, false, true);
  }

  /** Text in which nothing is replaced, only divided into words. */
  public static WordStyle verbatim() {
    return new WordStyle('\\', true, true, false, true);
  }

  /** The word of a heredoc. */
  public static WordStyle heredocName(boolean keepQuotes) {
    return new WordStyle('\\', keepQuotes, false, false, true);
  }
}
