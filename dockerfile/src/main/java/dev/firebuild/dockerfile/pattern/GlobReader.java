package dev.firebuild.dockerfile.pattern;

import java.util.ArrayList;
import java.util.List;

/** Reads the characters of a pattern from left to right. */
final class GlobReader {
  private final String text;
  private int next;

  GlobReader(String text) {
    this.text = text;
  }

  boolean hasMore() {
    return next < text.length();
  }

  /** Goes on behind {@code expected} if that comes next. */
  boolean skip(String expected) {
    if (!text.startsWith(expected, next)) {
      return false;
    }
    next += expected.length();
    return true;
  }

  /** The next part that stands for one character; the caller has dealt with stars. */
  GlobToken.Single single() throws PatternException {
    if (skip("?")) {
      return new GlobToken.AnyInName();
    }
    if (skip("[")) {
      return characterClass();
    }
    if (skip("\\")) {
      return new GlobToken.Literal(take("a backslash ends it"));
    }
    return new GlobToken.Literal(take("it ends too early"));
  }

  private GlobToken.Single characterClass() throws PatternException {
    boolean negated = skip("^");
    List<GlobToken.CharacterClass.Range> ranges = new ArrayList<>();
    while (ranges.isEmpty() || !skip("]")) {
      int first = classCharacter();
      int last = skip("-") ? classCharacter() : first;
      ranges.add(new GlobToken.CharacterClass.Range(first, last));
    }
    return new GlobToken.CharacterClass(negated, List.copyOf(ranges));
  }

  private int classCharacter() throws PatternException {
    if (skip("\\")) {
      return take("a backslash ends it");
    }
    if (hasMore() && (text.charAt(next) == '-' || text.charAt(next) == ']')) {
      throw bad("its class [...] lacks a character before " + text.charAt(next));
    }
    return take("its class [...] is not closed");
  }

  int take(String problem) throws PatternException {
    if (!hasMore()) {
      throw bad(problem);
    }
    int character = text.codePointAt(next);
    next += Character.charCount(character);
    return character;
  }

  PatternException bad(String problem) {
    return new PatternException("syntax error in pattern \"%s\": %s".formatted(text, problem));
  }
}
