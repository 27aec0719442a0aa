package dev.firebuild.systemtest.bench;

import java.util.Locale;
import java.util.OptionalDouble;

/** What a measure shall reach. */
sealed interface Target {
  /** Only reported. */
  record None() implements Target {
    @Override
    public String toString() {
      return "–";
    }
  }

  /** At most so many times the floor, at the median and, where it is given, at the 99th percent. */
  record AtMostTimes(double median, OptionalDouble p99) implements Target {
    @Override
    public String toString() {
      return "≤ %s×%s"
          .formatted(
              number(median),
              p99.isPresent() ? ", p99 ≤ %s×".formatted(number(p99.getAsDouble())) : "");
    }
  }

  /** At least this part of the floor, at the median. */
  record AtLeastTimes(double median) implements Target {
    @Override
    public String toString() {
      return "≥ %s×".formatted(number(median));
    }
  }

  /** No sample above the limit. */
  record Never(double above) implements Target {
    @Override
    public String toString() {
      return "all ≤ %s".formatted(number(above));
    }
  }

  static Target none() {
    return new None();
  }

  static Target atMost(double median) {
    return new AtMostTimes(median, OptionalDouble.empty());
  }

  static Target atMost(double median, double p99) {
    return new AtMostTimes(median, OptionalDouble.of(p99));
  }

  /** Whether {@code measured} reaches it. */
  default boolean isReachedBy(Comparison measured) {
    return switch (this) {
      case None() -> true;
      case AtMostTimes(double median, OptionalDouble p99) ->
          measured.medianRatio() <= median
              && (p99.isEmpty() || measured.p99Ratio() <= p99.getAsDouble());
      case AtLeastTimes(double median) -> measured.medianRatio() >= median;
      case Never(double above) -> measured.own().percentile(100) <= above;
    };
  }

  private static String number(double value) {
    return value < 0.01
        ? "1/" + Math.round(1 / value)
        : String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.2f", value);
  }
}
