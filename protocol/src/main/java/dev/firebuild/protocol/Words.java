package dev.firebuild.protocol;

/**
 * The simplest of the forms that ids and names have. Each is looked at several times on the way of
 * a request, and a regular expression takes longer than the rest of its reading.
 */
final class Words {
  private Words() {}

  /** Whether {@code text} is {@code [A-Za-z0-9._-]{1,limit}}. */
  static boolean isWord(String text, int limit) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isLowerOrDigit(c) && !(c >= 'A' && c <= 'Z') && c != '.' && c != '_' && c != '-') {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= limit;
  }

  /** Whether {@code text} is {@code [a-z0-9]+([._/-][a-z0-9]+)*}. */
  static boolean isPath(String text) {
    boolean afterSeparator = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean separator = c == '.' || c == '_' || c == '-' || c == '/';
      if (separator ? afterSeparator : !isLowerOrDigit(c)) {
        return false;
      }
      afterSeparator = separator;
    }
    return !afterSeparator;
  }

  private static boolean isLowerOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }
}
