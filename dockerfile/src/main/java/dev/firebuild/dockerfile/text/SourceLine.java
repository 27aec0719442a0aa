package dev.firebuild.dockerfile.text;

/**
 * A line of the file.
 *
 * @param number from 1
 * @param text with its line end
 * @param broken whether its bytes are not UTF-8; {@code text} then has replacement characters
 */
record SourceLine(int number, String text, boolean broken) {
  /** The text without its line end. */
  String content() {
    int end = text.length();
    while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
      end--;
    }
    return text.substring(0, end);
  }
}
