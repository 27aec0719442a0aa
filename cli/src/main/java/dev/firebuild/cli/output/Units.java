package dev.firebuild.cli.output;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Times and sizes for people. */
public final class Units {
  private static final List<String> SIZES = List.of("B", "kB", "MB", "GB", "TB");

  private Units() {}

  /** {@code 5 minutes}, {@code 3 hours}. */
  public static String span(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 120) {
      return count(seconds, "second");
    }
    if (seconds < 120 * 60) {
      return count(seconds / 60, "minute");
    }
    if (seconds < 48 * 3600) {
      return count(seconds / 3600, "hour");
    }
    return count(seconds / 86400, "day");
  }

  private static String count(long number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s");
  }

  /** {@code 12.3MB}: three digits, powers of 1000. */
  public static String size(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < SIZES.size() - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0
        ? bytes + SIZES.getFirst()
        : String.format(Locale.ROOT, value < 100 ? "%.1f%s" : "%.0f%s", value, SIZES.get(unit));
  }

  /** {@code 3.2s}. */
  public static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1fs", millis / 1000.0);
  }
}
