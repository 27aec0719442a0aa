package dev.firebuild.systemtest.bench;

import java.util.List;

/**
 * One measure.
 *
 * @param what was measured
 * @param floor what it stands beside; empty: nothing
 * @param unit of the values: {@code ms}, {@code /s}, {@code MB/s}, {@code MiB}, {@code %}
 * @param rounds at least one
 */
record Comparison(String what, String floor, String unit, List<Round> rounds, Target target) {
  Comparison {
    rounds = List.copyOf(rounds);
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured of " + what);
    }
  }

  /** What was measured in one round; {@code floor} may be empty. */
  record Round(Samples own, Samples floor) {}

  Samples own() {
    return Samples.all(rounds.stream().map(Round::own).toList());
  }

  Samples beside() {
    return Samples.all(rounds.stream().map(Round::floor).toList());
  }

  boolean hasFloor() {
    return !floor.isEmpty();
  }

  /** The median of the rounds' ratios of medians: one disturbed round does not count. */
  double medianRatio() {
    return new Samples(
            rounds.stream().map(round -> round.own.median() / round.floor.median()).toList())
        .median();
  }

  /** Over all rounds: one alone has too few samples for it. */
  double p99Ratio() {
    return own().percentile(99) / beside().percentile(99);
  }

  boolean isReached() {
    return target.isReachedBy(this);
  }
}
