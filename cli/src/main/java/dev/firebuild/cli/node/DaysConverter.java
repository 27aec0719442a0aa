package dev.firebuild.cli.node;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a number of days from the command line. None is too few: a copy of a request that comes
 * late from the queue must still find that it is done.
 */
final class DaysConverter implements ITypeConverter<Duration> {
  private static final int MOST = 3650;

  @Override
  public Duration convert(String text) {
    try {
      int days = Integer.parseInt(text);
      if (days >= 1 && days <= MOST) {
        return Duration.ofDays(days);
      }
    } catch (NumberFormatException e) {
      // the same message
    }
    throw new TypeConversionException(
        "expected a number of days from 1 to %d (found %s)".formatted(MOST, text));
  }
}
