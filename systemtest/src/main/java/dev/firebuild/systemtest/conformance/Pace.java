package dev.firebuild.systemtest.conformance;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Whether there is time for another case: what is under way must be built and compared before the
 * end, and takes as long as what was before it.
 */
final class Pace {
  /** Until something was compared. */
  private static final Duration COMPARISON = Duration.ofSeconds(2);

  private final InstantSource clock;
  private final Instant end;
  private Duration longestBuild = Duration.ZERO;
  private Duration comparing = Duration.ZERO;
  private int compared;
  private int underWay;

  Pace(InstantSource clock, Instant end) {
    this.clock = clock;
    this.end = end;
  }

  /** True: a case is begun. */
  synchronized boolean begin() {
    Duration comparisons = comparison().multipliedBy(underWay + 1L);
    if (clock.instant().plus(longestBuild).plus(comparisons).isAfter(end)) {
      return false;
    }
    underWay++;
    return true;
  }

  private Duration comparison() {
    return compared == 0 ? COMPARISON : comparing.dividedBy(compared);
  }

  /** A case that was begun took {@code time} to build; what it came to is not compared yet. */
  synchronized void built(Duration time) {
    longestBuild = time.compareTo(longestBuild) > 0 ? time : longestBuild;
  }

  /** {@code cases} that were begun needed {@code time} to be compared, and are done. */
  synchronized void compared(int cases, Duration time) {
    compared += cases;
    comparing = comparing.plus(time);
    underWay -= cases;
  }

  /** A case that was begun is done, and had nothing to compare. */
  synchronized void done() {
    underWay--;
  }
}
