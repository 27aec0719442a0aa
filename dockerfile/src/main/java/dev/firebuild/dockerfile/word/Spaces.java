package dev.firebuild.dockerfile.word;

import java.util.ArrayList;
import java.util.List;

/**
 * The two kinds of white space in a Dockerfile: what divides arguments ({@code ASCII}: blank, tab,
 * vertical tab, form feed, carriage return) and what trims lines and divides the words of ENV, ARG
 * and LABEL (any Unicode white space, the no-break space included).
 */
public final class Spaces {
  private Spaces() {}

  /** Whether a character is white space in Unicode's sense; unlike Java's, no-break spaces are. */
  public static boolean isSpace(int c) {
    return switch (c) {
      case '\t',
          '\n',
          0x0B,
          '\f',
          '\r',
          ' ',
          0x85,
          0xA0,
          0x1680,
          0x2028,
          0x2029,
          0x202F,
          0x205F,
          0x3000 ->
          true;
      default -> c >= 0x2000 && c <= 0x200A;
    };
  }

  private static boolean isDivider(char c) {
    return c == '\t' || c == 0x0B || c == '\f' || c == '\r' || c == ' ';
  }

  /** The text without white space at its ends. */
  public static String trim(String text) {
    int end = text.length();
    while (end > 0 && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return trimLeft(text.substring(0, end));
  }

  /** The text without white space at its beginning. */
  public static String trimLeft(String text) {
    int start = 0;
    while (start < text.length() && isSpace(text.charAt(start))) {
      start++;
    }
    return text.substring(start);
  }

  /**
   * Divides text at runs of ASCII white space. A run at the beginning or end leaves an empty word
   * there.
   */
  public static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    int start = 0;
    int end = nextDivider(text, 0);
    while (end < text.length()) {
      words.add(text.substring(start, end));
      start = afterDividers(text, end);
      end = nextDivider(text, start);
    }
    words.add(text.substring(start));
    return words;
  }

  /** Divides text at its first run of ASCII white space: one or two parts. */
  public static List<String> splitOnce(String text) {
    int end = nextDivider(text, 0);
    return end == text.length()
        ? List.of(text)
        : List.of(text.substring(0, end), text.substring(afterDividers(text, end)));
  }

  private static int nextDivider(String text, int from) {
    int i = from;
    while (i < text.length() && !isDivider(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static int afterDividers(String text, int from) {
    int i = from;
    while (i < text.length() && isDivider(text.charAt(i))) {
      i++;
    }
    return i;
  }
}
