package dev.firebuild.dockerfile.pattern;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A wildcard pattern for paths that are divided by slashes: {@code *} stands for any characters but
 * a slash, {@code ?} for one of them, {@code [a-z]} and {@code [^a-z]} for one of a class, and a
 * backslash takes a character as it is. {@code **} means nothing special here, see {@link
 * IgnoreRules}.
 *
 * @see <a href="https://pkg.go.dev/path/filepath#Match">Go's filepath.Match, whose rules these
 *     are</a>
 */
public final class GlobPattern {
  private final List<GlobToken> tokens;

  private GlobPattern(List<GlobToken> tokens) {
    this.tokens = tokens;
  }

  /**
   * Reads a pattern.
   *
   * @throws PatternException if a class is not closed, empty or misses the end of a range, or a
   *     backslash ends the pattern
   */
  public static GlobPattern parse(String text) throws PatternException {
    List<GlobToken> tokens = new ArrayList<>();
    GlobReader reader = new GlobReader(text);
    while (reader.hasMore()) {
      if (reader.skip("*")) {
        tokens.add(new GlobToken.InName());
      } else {
        tokens.add(reader.single());
      }
    }
    return new GlobPattern(List.copyOf(tokens));
  }

  /** Whether the text has a wildcard that no backslash takes away. */
  public static boolean hasWildcards(String text) {
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '*', '?', '[' -> {
          return true;
        }
        case '\\' -> i++;
        default -> {}
      }
    }
    return false;
  }

  /** Whether the pattern stands for the whole of the path. */
  public boolean matches(String path) {
    return matches(tokens, path);
  }

  /**
   * All places are tried side by side, so no pattern takes longer than its length times the path's.
   */
  static boolean matches(List<GlobToken> tokens, String path) {
    int[] characters = path.codePoints().toArray();
    BitSet reached = new BitSet(characters.length + 1);
    reached.set(0);
    for (GlobToken token : tokens) {
      reached = token.advance(reached, characters);
      if (reached.isEmpty()) {
        return false;
      }
    }
    return reached.get(characters.length);
  }
}
