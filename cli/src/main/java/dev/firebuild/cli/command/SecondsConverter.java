package dev.firebuild.cli.command;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 90}, {@code 90s}, {@code 2m} or {@code 1h30m} as seconds. */
final class SecondsConverter implements ITypeConverter<Integer> {
  private static final Pattern FORM =
      Pattern.compile("(?:(\\d{1,4})h)?(?:(\\d{1,6})m)?(?:(\\d{1,6})s?)?");

  @Override
  public Integer convert(String text) {
    Matcher matcher = FORM.matcher(text);
    if (text.isEmpty() || !matcher.matches()) {
      throw new TypeConversionException(
          "'%s' is no time; write for example 90s, 2m or 1h30m".formatted(text));
    }
    return number(matcher, 1) * 3600 + number(matcher, 2) * 60 + number(matcher, 3);
  }

  private static int number(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Integer.parseInt(digits);
  }
}
