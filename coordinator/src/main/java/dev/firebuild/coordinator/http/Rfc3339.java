package dev.firebuild.coordinator.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times as JSON Schema's {@code date-time} means them: {@code date-time} of RFC 3339, section 5.6.
 * {@link Instant#parse} knows neither leap seconds nor offsets of more than 18 hours.
 */
final class Rfc3339 {
  private static final Pattern FORM =
      Pattern.compile(
          "(?<minute>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d):(?<second>\\d\\d)(?:\\.(?<fraction>\\d+))?"
              + "(?:Z|(?<sign>[+-])(?<hours>[01]\\d|2[0-3]):(?<minutes>[0-5]\\d))",
          Pattern.CASE_INSENSITIVE);

  private static final int NANO_DIGITS = 9;
  private static final int LEAP_SECOND = 60;

  private Rfc3339() {}

  /** Empty: it is none. A leap second is the one after it. */
  static Optional<Instant> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    int second = Integer.parseInt(form.group("second"));
    if (second > LEAP_SECOND) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          LocalDateTime.parse(form.group("minute").toUpperCase(Locale.ROOT))
              .plusSeconds(second)
              .plusNanos(nanos(Optional.ofNullable(form.group("fraction")).orElse("")))
              .toInstant(ZoneOffset.UTC)
              .minus(offset(form)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static long nanos(String fraction) {
    String digits = fraction + "0".repeat(NANO_DIGITS);
    return Long.parseLong(digits.substring(0, NANO_DIGITS));
  }

  private static Duration offset(MatchResult form) {
    if (form.group("sign") == null) {
      return Duration.ZERO;
    }
    Duration offset =
        Duration.ofHours(Long.parseLong(form.group("hours")))
            .plusMinutes(Long.parseLong(form.group("minutes")));
    return form.group("sign").equals("-") ? offset.negated() : offset;
  }
}
