package dev.firebuild.dockerfile.word;

import java.util.List;

/**
 * Expands variables and deals with quotes and escapes, as the Dockerfile reference describes under
 * "Environment replacement": {@code $name}, {@code ${name}} and, with {@code w} a word, {@code
 * ${name:-w}}, {@code ${name-w}}, {@code :+}, {@code +}, {@code :?}, {@code ?}, {@code #w}, {@code
 * ##w}, {@code %w}, {@code %%w}, {@code /pattern/w} and {@code //pattern/w}.
 *
 * @see <a href="https://docs.docker.com/reference/dockerfile/#environment-replacement">Environment
 *     replacement</a>
 */
public final class WordExpander {
  private final WordStyle style;
  private final Budget budget;

  public WordExpander(WordStyle style, Budget budget) {
    this.style = style;
    this.budget = budget;
  }

  /**
   * Expands text that stays one word, whatever its white space.
   *
   * @throws WordException if a quote or brace is not closed, a modifier is unknown, or a required
   *     variable is missing
   */
  public String expand(String text, Variables variables) throws WordException {
    WordCollector words = new WordCollector();
    return scan(text, variables, words);
  }

  /**
   * Expands text and divides the result into words at white space that is not quoted; white space
   * in the value of a variable divides too.
   *
   * @throws WordException as {@link #expand}
   */
  public List<String> split(String text, Variables variables) throws WordException {
    WordCollector words = new WordCollector();
    scan(text, variables, words);
    return words.words();
  }

  private String scan(String text, Variables variables, WordCollector words) throws WordException {
    budget.spend(text.length());
    try {
      return new WordScanner(text, style, variables, budget).scanAll(words);
    } catch (WordException e) {
      throw new WordException(
          "failed to process \"%s\": %s".formatted(shortened(text), e.getMessage()));
    }
  }

  private static String shortened(String text) {
    int limit = 200;
    return text.length() <= limit ? text : text.substring(0, limit) + "…";
  }
}
