package dev.firebuild.systemtest.bench;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Measured values of one kind, ascending. */
record Samples(List<Double> values) {
  static final Samples NONE = new Samples(List.of());

  Samples {
    values = values.stream().sorted().toList();
  }

  static Samples of(double... values) {
    return new Samples(Arrays.stream(values).boxed().toList());
  }

  /** Those of all of {@code parts}. */
  static Samples all(Collection<Samples> parts) {
    return new Samples(parts.stream().flatMap(part -> part.values.stream()).toList());
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  int count() {
    return values.size();
  }

  /**
   * The smallest value that is not below {@code percent} of all: one that was measured, never one
   * between two.
   */
  double percentile(double percent) {
    if (values.isEmpty()) {
      throw new IllegalStateException("there are no samples");
    }
    int rank = (int) Math.ceil(percent / 100 * values.size());
    return values.get(Math.clamp(rank - 1, 0, values.size() - 1));
  }

  /** The middle value; of an even number the mean of the two in the middle. */
  double median() {
    int half = values.size() / 2;
    return values.size() % 2 == 1
        ? values.get(half)
        : (values.get(half - 1) + values.get(half)) / 2;
  }
}
