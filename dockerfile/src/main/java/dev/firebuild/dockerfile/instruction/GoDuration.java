package dev.firebuild.dockerfile.instruction;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations such as {@code 1h30m}, {@code 1.5s}, {@code 500ms}.
 *
 * @see <a href="https://pkg.go.dev/time#ParseDuration">Go's time.ParseDuration</a>
 */
final class GoDuration {
  private static final Pattern PART =
      Pattern.compile("([0-9]{1,20}(?:\\.[0-9]{0,20})?|\\.[0-9]{1,20})(ns|us|µs|μs|ms|s|m|h)");
  private static final BigInteger LIMIT = BigInteger.valueOf(Long.MAX_VALUE);

  private GoDuration() {}

  /** Empty if the text is no duration, or one of more than 292 years. */
  static Optional<Duration> parse(String text) {
    boolean negative = text.startsWith("-");
    String rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher part = PART.matcher(rest);
    int end = 0;
    while (part.find() && part.start() == end) {
      nanos = nanos.add(new BigDecimal(part.group(1)).multiply(nanosOf(part.group(2))));
      end = part.end();
    }
    BigInteger whole = nanos.toBigInteger();
    if (end == 0 || end < rest.length() || whole.compareTo(LIMIT) > 0) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos(negative ? -whole.longValue() : whole.longValue()));
  }

  private static BigDecimal nanosOf(String unit) {
    return BigDecimal.valueOf(
        switch (unit) {
          case "ns" -> 1L;
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "h" -> 3_600_000_000_000L;
          default -> 1_000L;
        });
  }
}
