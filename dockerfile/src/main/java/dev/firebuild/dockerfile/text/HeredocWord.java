package dev.firebuild.dockerfile.text;

import dev.firebuild.dockerfile.word.Budget;
import dev.firebuild.dockerfile.word.Variables;
import dev.firebuild.dockerfile.word.WordException;
import dev.firebuild.dockerfile.word.WordExpander;
import dev.firebuild.dockerfile.word.WordStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A word that announces a document: {@code <<NAME}, {@code <<-NAME}, {@code 3<<"NAME"}.
 *
 * @param name without quotes
 * @param expand whether no part of the name is quoted
 * @param stripTabs whether it is {@code <<-}
 * @see <a href="https://docs.docker.com/reference/dockerfile/#here-documents">Here-documents</a>
 */
public record HeredocWord(String name, boolean expand, boolean stripTabs) {
  private static final Pattern SHAPE = Pattern.compile("[0-9]*<<(-?)[\\t\\n\\f\\r ]*([^<]*)");

  /** Reads a word; empty if it announces no document. */
  public static Optional<HeredocWord> parse(String word) {
    Matcher matcher = SHAPE.matcher(word);
    if (!matcher.matches() || matcher.group(2).isEmpty()) {
      return Optional.empty();
    }
    try {
      List<String> names = words(matcher.group(2), WordStyle.heredocName(false));
      List<String> quoted = words(matcher.group(2), WordStyle.heredocName(true));
      if (names.size() != 1 || quoted.size() != 1) {
        return Optional.empty();
      }
      String name = names.getFirst();
      boolean expand = quotes(name) == quotes(quoted.getFirst());
      return Optional.of(new HeredocWord(name, expand, !matcher.group(1).isEmpty()));
    } catch (WordException e) {
      return Optional.empty();
    }
  }

  /** The documents that a line announces. A line that can't be divided into words has none. */
  static List<HeredocWord> find(String line) {
    List<HeredocWord> found = new ArrayList<>();
    try {
      for (String word : words(line, WordStyle.verbatim())) {
        parse(word).ifPresent(found::add);
      }
    } catch (WordException e) {
      return List.of();
    }
    return found;
  }

  private static List<String> words(String text, WordStyle style) throws WordException {
    return new WordExpander(style, Budget.standard()).split(text, Variables.NONE);
  }

  private static long quotes(String text) {
    return text.chars().filter(c -> c == '\'' || c == '"').count();
  }
}
