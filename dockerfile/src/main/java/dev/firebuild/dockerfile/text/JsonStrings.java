package dev.firebuild.dockerfile.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a JSON array of strings (RFC 8259), the exec form of instructions. Text that is no JSON
 * array is the shell form, so this must accept exactly what JSON allows.
 */
public final class JsonStrings {
  private static final int DEPTH_LIMIT = 100;

  /** Not JSON: an expected outcome, without a stack trace. */
  private static final class NotJson extends Exception {
    private static final long serialVersionUID = 1L;

    NotJson() {
      super(null, null, false, false);
    }
  }

  private final String text;
  private int next;

  private JsonStrings(String text) {
    this.text = text;
  }

  /**
   * Reads an array.
   *
   * @return empty if the text is no JSON array; within, an empty element is one that is no string
   */
  public static Optional<List<Optional<String>>> read(String text) {
    try {
      JsonStrings reader = new JsonStrings(text);
      reader.skipSpaces();
      List<Optional<String>> elements = reader.array(0);
      reader.skipSpaces();
      return reader.next == text.length() ? Optional.of(elements) : Optional.empty();
    } catch (NotJson e) {
      return Optional.empty();
    }
  }

  private void skipSpaces() {
    while (next < text.length() && " \t\r\n".indexOf(text.charAt(next)) >= 0) {
      next++;
    }
  }

  private char take() throws NotJson {
    if (next == text.length()) {
      throw new NotJson();
    }
    return text.charAt(next++);
  }

  private boolean skip(char expected) {
    skipSpaces();
    if (next < text.length() && text.charAt(next) == expected) {
      next++;
      return true;
    }
    return false;
  }

  private void expect(char expected) throws NotJson {
    if (!skip(expected)) {
      throw new NotJson();
    }
  }

  private List<Optional<String>> array(int depth) throws NotJson {
    expect('[');
    List<Optional<String>> elements = new ArrayList<>();
    if (skip(']')) {
      return elements;
    }
    do {
      elements.add(value(depth + 1));
    } while (skip(','));
    expect(']');
    return elements;
  }

  /** Any value; empty if it is no string. */
  private Optional<String> value(int depth) throws NotJson {
    if (depth > DEPTH_LIMIT) {
      throw new NotJson();
    }
    skipSpaces();
    if (next == text.length()) {
      throw new NotJson();
    }
    switch (text.charAt(next)) {
      case '"' -> {
        return Optional.of(string());
      }
      case '[' -> array(depth);
      case '{' -> object(depth);
      default -> literal();
    }
    return Optional.empty();
  }

  private void object(int depth) throws NotJson {
    expect('{');
    if (skip('}')) {
      return;
    }
    do {
      skipSpaces();
      string();
      expect(':');
      value(depth + 1);
    } while (skip(','));
    expect('}');
  }

  private void literal() throws NotJson {
    int start = next;
    while (next < text.length() && ",]} \t\r\n".indexOf(text.charAt(next)) < 0) {
      next++;
    }
    String word = text.substring(start, next);
    if (!word.matches("null|true|false|-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")) {
      throw new NotJson();
    }
  }

  private String string() throws NotJson {
    expect('"');
    StringBuilder result = new StringBuilder();
    while (true) {
      char c = take();
      if (c == '"') {
        return withoutLoneSurrogates(result.toString());
      }
      if (c < ' ') {
        throw new NotJson();
      }
      result.append(c == '\\' ? escape() : c);
    }
  }

  private char escape() throws NotJson {
    char c = take();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(take(), 16);
          if (digit < 0) {
            throw new NotJson();
          }
          code = code * 16 + digit;
        }
        yield (char) code;
      }
      default -> throw new NotJson();
    };
  }

  private static String withoutLoneSurrogates(String text) {
    StringBuilder result = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(result::appendCodePoint);
    return result.toString();
  }
}
