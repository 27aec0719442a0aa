package dev.firebuild.dockerfile.instruction;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The value of {@code --mount} divided into its fields, a line of comma-separated values. */
public final class MountFields {
  private MountFields() {}

  /**
   * Divides a value (RFC 4180: a field in double quotes may hold commas, and a quote as two).
   *
   * @throws IllegalArgumentException if it is empty or a quote is out of place
   */
  public static List<String> parse(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("it is empty");
    }
    List<String> fields = new ArrayList<>();
    int next = 0;
    while (next <= value.length()) {
      StringBuilder field = new StringBuilder();
      next =
          value.startsWith("\"", next) ? quoted(value, next + 1, field) : plain(value, next, field);
      fields.add(field.toString());
      if (next < value.length() && value.charAt(next) != ',') {
        throw new IllegalArgumentException("text behind the quoted field " + field);
      }
      next++;
    }
    return fields;
  }

  private static int plain(String value, int start, StringBuilder field) {
    int comma = value.indexOf(',', start);
    int end = comma < 0 ? value.length() : comma;
    field.append(value, start, end);
    if (field.indexOf("\"") >= 0) {
      throw new IllegalArgumentException("a quote inside the field " + field);
    }
    return end;
  }

  private static int quoted(String value, int start, StringBuilder field) {
    int next = start;
    while (true) {
      int quote = value.indexOf('"', next);
      if (quote < 0) {
        throw new IllegalArgumentException("a quote is not closed");
      }
      field.append(value, next, quote);
      next = quote + 1;
      if (!value.startsWith("\"", next)) {
        return next;
      }
      field.append('"');
      next++;
    }
  }

  /**
   * The value of the field {@code from}, before quotes in it are removed; empty if there is none.
   */
  public static Optional<String> from(String value) {
    return parse(value).stream()
        .filter(field -> field.toLowerCase(Locale.ROOT).startsWith("from="))
        .map(field -> field.substring("from=".length()))
        .reduce((_, last) -> last)
        .filter(name -> !name.isEmpty());
  }
}
