package dev.firebuild.dockerfile.pattern;

import java.util.ArrayList;
import java.util.List;

/**
 * One rule of an ignore file. Beside the wildcards of {@link GlobPattern} it knows {@code **}: any
 * number of directories, none included. The kinds differ in what a {@code **} next to other
 * characters means; see {@link #parse}.
 *
 * @see <a href="https://github.com/moby/patternmatcher">moby/patternmatcher, whose rules these
 *     are</a>
 */
sealed interface IgnorePattern {
  boolean matches(String path);

  /** No wildcards at all. */
  record Exact(String text) implements IgnorePattern {
    @Override
    public boolean matches(String path) {
      return path.equals(text);
    }
  }

  /** Wildcards only as {@code **} at the end: whatever begins like this. */
  record Prefix(String text) implements IgnorePattern {
    @Override
    public boolean matches(String path) {
      return path.startsWith(text);
    }
  }

  /** Wildcards only as {@code **} at the beginning: whatever ends like this. */
  record Suffix(String text) implements IgnorePattern {
    @Override
    public boolean matches(String path) {
      return path.endsWith(text) || (text.startsWith("/") && path.equals(text.substring(1)));
    }
  }

  /** Everything else. */
  record Wildcards(List<GlobToken> tokens) implements IgnorePattern {
    @Override
    public boolean matches(String path) {
      return GlobPattern.matches(tokens, path);
    }
  }

  /**
   * Reads a pattern.
   *
   * @param text cleaned, without {@code !}
   */
  static IgnorePattern parse(String text) throws PatternException {
    if (!GlobPattern.hasWildcards(text) && text.indexOf('\\') < 0) {
      return new Exact(text);
    }
    if (text.startsWith("**") && isPlain(text.substring(2))) {
      return new Suffix(text.substring(2));
    }
    if (text.endsWith("**") && isPlain(text.substring(0, text.length() - 2))) {
      return new Prefix(text.substring(0, text.length() - 2));
    }
    return new Wildcards(tokens(text));
  }

  private static boolean isPlain(String text) {
    return text.chars().noneMatch(c -> c == '*' || c == '?' || c == '[' || c == ']' || c == '\\');
  }

  private static List<GlobToken> tokens(String text) throws PatternException {
    List<GlobToken> tokens = new ArrayList<>();
    GlobReader reader = new GlobReader(text);
    while (reader.hasMore()) {
      if (reader.skip("**")) {
        boolean slash = reader.skip("/");
        if (reader.hasMore()) {
          tokens.add(new GlobToken.Directories());
        } else {
          // "a/**" was taken as a prefix; behind other wildcards a slash at the end is gone already
          tokens.add(slash ? new GlobToken.Directories() : new GlobToken.Anything());
        }
      } else if (reader.skip("*")) {
        tokens.add(new GlobToken.InName());
      } else if (reader.skip("\\")) {
        tokens.add(escaped(reader));
      } else {
        tokens.add(reader.single());
      }
    }
    return List.copyOf(tokens);
  }

  /** Letters and digits behind a backslash have no meaning here, so they are refused. */
  private static GlobToken escaped(GlobReader reader) throws PatternException {
    int character = reader.take("a backslash ends it");
    if (character >= 128 || Character.isLetterOrDigit(character)) {
      throw reader.bad(
          "a backslash can't stand before %s".formatted(Character.toString(character)));
    }
    return new GlobToken.Literal(character);
  }
}
