package dev.firebuild.cli.output;

import java.util.regex.Pattern;

/** What guests print, for a terminal that must stay in order. */
public final class Text {
  private static final Pattern ESCAPES =
      Pattern.compile(
          "\u001b(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\u0007\u001b]*(?:\u0007|\u001b\\\\)?|.)?");

  private Text() {}

  /** One line without control characters and escape sequences. */
  public static String clean(String text) {
    StringBuilder clean = new StringBuilder();
    ESCAPES
        .matcher(text)
        .replaceAll("")
        .codePoints()
        .forEach(c -> {
          if (c == '\t') {
            clean.append("    ");
          } else if (!Character.isISOControl(c)) {
            clean.appendCodePoint(c);
          } else if (c == '\n') {
            clean.append(' ');
          }
        });
    return clean.toString();
  }

  /** At most {@code width} characters of {@code text}. */
  static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "…";
  }
}
