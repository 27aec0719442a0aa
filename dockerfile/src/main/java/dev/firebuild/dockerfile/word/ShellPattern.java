package dev.firebuild.dockerfile.word;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The pattern of {@code ${name#pattern}} and its kin: {@code *} stands for any characters, {@code
 * ?} for one, neither for a line end. Matching tries all places side by side, so that no pattern
 * takes longer than its length times the value's.
 */
final class ShellPattern {
  private sealed interface Token {}

  private record Literal(int character) implements Token {}

  private record AnyOne() implements Token {}

  private record AnyNumber() implements Token {}

  private record Match(int start, int end) {}

  private static final int UNREACHED = Integer.MAX_VALUE;

  private final List<Token> tokens;

  private ShellPattern(List<Token> tokens) {
    this.tokens = tokens;
  }

  static ShellPattern parse(String text) throws WordException {
    List<Token> tokens = new ArrayList<>();
    int[] characters = text.codePoints().toArray();
    for (int i = 0; i < characters.length; i++) {
      int c = characters[i];
      if (c == '\\') {
        i++;
        // } and / are escaped for the sake of the braces around the pattern
        if (i == characters.length || "}/*?\\".indexOf(characters[i]) < 0) {
          throw new WordException(
              "invalid pattern (%s) in substitution: invalid escape '\\%s'"
                  .formatted(
                      text, i == characters.length ? "" : Character.toString(characters[i])));
        }
        tokens.add(new Literal(characters[i]));
      } else {
        tokens.add(c == '*' ? new AnyNumber() : c == '?' ? new AnyOne() : new Literal(c));
      }
    }
    return new ShellPattern(tokens);
  }

  /** The value without the shortest or longest beginning that matches. */
  String withoutPrefix(String value, boolean longest, Budget budget) throws WordException {
    int[] characters = value.codePoints().toArray();
    int[] starts = new int[characters.length + 1];
    Arrays.fill(starts, UNREACHED);
    starts[0] = 0;
    int end = pick(advanceAll(starts, characters, budget), 0, longest);
    return end < 0 ? value : new String(characters, end, characters.length - end);
  }

  /** The value without the shortest or longest end that matches. */
  String withoutSuffix(String value, boolean longest, Budget budget) throws WordException {
    String reversed = new StringBuilder(value).reverse().toString();
    String rest = new ShellPattern(tokens.reversed()).withoutPrefix(reversed, longest, budget);
    return new StringBuilder(rest).reverse().toString();
  }

  /** The value with the first match replaced, the longest of those that begin there. */
  String replaceFirst(String value, String replacement, Budget budget) throws WordException {
    int[] characters = value.codePoints().toArray();
    return find(characters, 0, budget)
        .map(m ->
            new String(characters, 0, m.start)
                + replacement
                + new String(characters, m.end, characters.length - m.end))
        .orElse(value);
  }

  /** The value with all matches replaced; {@code $0} in the replacement is what matched. */
  String replaceAll(String value, String replacement, Budget budget) throws WordException {
    int[] characters = value.codePoints().toArray();
    StringBuilder result = new StringBuilder();
    int lastEnd = 0;
    int from = 0;
    while (from <= characters.length) {
      Optional<Match> found = find(characters, from, budget);
      if (found.isEmpty()) {
        break;
      }
      Match match = found.get();
      result.append(new String(characters, lastEnd, match.start - lastEnd));
      if (match.end > lastEnd || match.start == 0) {
        String matched = new String(characters, match.start, match.end - match.start);
        String inserted = ReplacementTemplate.fill(replacement, matched);
        budget.spend(inserted.length());
        result.append(inserted);
      }
      lastEnd = match.end;
      from = Math.max(match.end, from + 1);
    }
    return result.append(new String(characters, lastEnd, characters.length - lastEnd)).toString();
  }

  private Optional<Match> find(int[] characters, int from, Budget budget) throws WordException {
    int[] starts = new int[characters.length + 1];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = i < from ? UNREACHED : i;
    }
    int[] ends = advanceAll(starts, characters, budget);
    int first = Arrays.stream(ends).min().orElse(UNREACHED);
    return first == UNREACHED
        ? Optional.empty()
        : Optional.of(new Match(first, pick(ends, first, true)));
  }

  /** The first or last place that was reached from {@code start}; -1 if there is none. */
  private static int pick(int[] starts, int start, boolean last) {
    for (int i = 0; i < starts.length; i++) {
      int place = last ? starts.length - 1 - i : i;
      if (starts[place] == start) {
        return place;
      }
    }
    return -1;
  }

  /**
   * Moves over the whole pattern.
   *
   * @param starts for every place the earliest start of a match that has come this far
   */
  private int[] advanceAll(int[] starts, int[] characters, Budget budget) throws WordException {
    int[] reached = starts;
    for (Token token : tokens) {
      budget.spend(characters.length + 1L);
      reached = advance(token, reached, characters);
    }
    return reached;
  }

  private static int[] advance(Token token, int[] starts, int[] characters) {
    int[] next = new int[starts.length];
    Arrays.fill(next, UNREACHED);
    for (int i = 0; i <= characters.length; i++) {
      switch (token) {
        case AnyNumber() -> {
          boolean goesOn = i > 0 && characters[i - 1] != '\n';
          next[i] = Math.min(starts[i], goesOn ? next[i - 1] : UNREACHED);
        }
        case AnyOne() -> {
          if (i > 0 && characters[i - 1] != '\n') {
            next[i] = starts[i - 1];
          }
        }
        case Literal(int character) -> {
          if (i > 0 && characters[i - 1] == character) {
            next[i] = starts[i - 1];
          }
        }
      }
    }
    return next;
  }
}
