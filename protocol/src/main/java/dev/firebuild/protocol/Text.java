package dev.firebuild.protocol;

/** Foreign text inside messages. */
public final class Text {
  private static final int LIMIT = 200;

  private Text() {}

  /**
   * {@code text} in double quotes, control characters escaped and at most 200 characters long, so
   * that no input can garble a log line or a terminal.
   */
  public static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    int end = Math.min(text.length(), LIMIT);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (Character.isISOControl(c)) {
            quoted.append("\\u%04x".formatted((int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append(end < text.length() ? "…\"" : "\"").toString();
  }
}
