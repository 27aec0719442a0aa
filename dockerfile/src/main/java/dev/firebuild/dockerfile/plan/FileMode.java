package dev.firebuild.dockerfile.plan;

import java.util.regex.Pattern;

/** The value of {@code --chmod}. */
public sealed interface FileMode {
  /**
   * Permission bits for all files and directories alike.
   *
   * @param bits at most 07777
   */
  record Octal(int bits) implements FileMode {}

  /**
   * Changes to the mode that each file has, as chmod(1) reads them.
   *
   * @param changes for example {@code u=rwX,go=rX}
   */
  record Symbolic(String changes) implements FileMode {}

  /**
   * Reads an octal number or chmod's letters.
   *
   * @throws IllegalArgumentException if it is neither
   */
  static FileMode parse(String text) {
    if (OCTAL.matcher(text).matches()) {
      String digits = text.replaceFirst("^0+(?=.)", "");
      if (digits.length() <= 4 && Integer.parseInt(digits, 8) <= 07777) {
        return new Octal(Integer.parseInt(digits, 8));
      }
    } else if (SYMBOLIC.matcher(text).matches()) {
      return new Symbolic(text);
    }
    throw new IllegalArgumentException(
        "--chmod=%s: expected an octal number up to 7777, or letters like u=rwX,go=rX"
            .formatted(text));
  }

  /** An octal number. */
  Pattern OCTAL = Pattern.compile("[0-7]+");

  /** The symbolic modes of POSIX chmod. */
  Pattern SYMBOLIC =
      Pattern.compile(
          "[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+(?:,[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+)*");
}
