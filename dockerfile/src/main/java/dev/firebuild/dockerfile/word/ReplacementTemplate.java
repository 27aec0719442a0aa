package dev.firebuild.dockerfile.word;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The replacement of {@code ${name//pattern/replacement}}. BuildKit hands it to Go's regular
 * expressions, which read {@code $0} as the match, {@code $$} as a dollar sign, and any other
 * {@code $name} as a group that no pattern here has.
 */
final class ReplacementTemplate {
  private static final Pattern REFERENCE = Pattern.compile("\\$(?:(\\$)|(\\w+)|\\{(\\w+)\\})");

  private ReplacementTemplate() {}

  static String fill(String template, String match) {
    return REFERENCE
        .matcher(template)
        .replaceAll(reference -> {
          String text = reference.group();
          String name = text.replaceAll("[${}]", "");
          return Matcher.quoteReplacement(
              text.equals("$$") ? "$" : name.matches("0+") ? match : "");
        });
  }
}
