package dev.firebuild.systemtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The statistics of {@code ./bench}. */
class RoundsTest {
  private final Rounds rounds = new Rounds();

  @Test
  void aPercentileIsAMeasuredValue() {
    Samples hundred = Samples.of(IntStream.rangeClosed(1, 100).mapToDouble(i -> i).toArray());

    assertThat(hundred.percentile(99)).isEqualTo(99);
    assertThat(hundred.percentile(100)).isEqualTo(100);
    assertThat(hundred.percentile(1)).isEqualTo(1);
    assertThat(Samples.of(3, 1, 2).percentile(99)).isEqualTo(3);
    assertThatThrownBy(() -> Samples.NONE.percentile(50)).hasMessage("there are no samples");
  }

  @Test
  void theMedianOfAnEvenNumberLiesBetween() {
    assertThat(Samples.of(4, 1, 3, 2).median()).isEqualTo(2.5);
    assertThat(Samples.of(9, 1, 5).median()).isEqualTo(5);
  }

  @Test
  void oneDisturbedRoundDoesNotCount() {
    // Given two quiet rounds, and one in which the floor was disturbed
    round(3, 1);
    round(3, 1);
    round(3, 100);

    // When
    Comparison measured = rounds.compare("own", "floor", "ms", Target.atMost(2));

    // Then
    assertThat(measured.medianRatio()).isEqualTo(3);
    assertThat(measured.isReached()).isFalse();
    assertThat(rounds.compare("own", "floor", "ms", Target.atMost(3)).isReached()).isTrue();
  }

  @Test
  void whatDisturbsBothAlikeChangesNoRatio() {
    round(3, 1);
    round(30, 10);
    round(300, 100);

    assertThat(rounds.compare("own", "floor", "ms", Target.none()).medianRatio()).isEqualTo(3);
  }

  @Test
  void theLastPercentIsJudgedOverAllRounds() {
    // Given ten rounds of which one has an outlier
    for (int i = 0; i < 10; i++) {
      for (int sample = 0; sample < 10; sample++) {
        rounds.add("own", i == 4 && sample < 2 ? 50 : 1);
        rounds.add("floor", 1);
      }
      rounds.next();
    }

    // When
    Comparison measured = rounds.compare("own", "floor", "ms", Target.atMost(2, 2.5));

    // Then
    assertThat(measured.medianRatio()).isEqualTo(1);
    assertThat(measured.p99Ratio()).isEqualTo(50);
    assertThat(measured.isReached()).isFalse();
  }

  @Test
  void targetsOfRatesAndLimitsAreReachedTheOtherWayRound() {
    round(45, 100);
    round(50, 100);

    assertThat(rounds.compare("own", "floor", "/s", new Target.AtLeastTimes(0.45)).isReached())
        .isTrue();
    assertThat(rounds.compare("own", "floor", "/s", new Target.AtLeastTimes(0.5)).isReached())
        .isFalse();
    assertThat(rounds.alone("own", "MiB", new Target.Never(50)).isReached()).isTrue();
    assertThat(rounds.alone("own", "MiB", new Target.Never(49)).isReached()).isFalse();
  }

  @Test
  void whatWasNotMeasuredIsAnError() {
    assertThatThrownBy(() -> rounds.alone("own", "ms", Target.none()))
        .hasMessage("nothing was measured of own");
  }

  @Test
  void targetsReadAsInTheDocumentation() {
    assertThat(Target.atMost(2, 2.5)).hasToString("≤ 2×, p99 ≤ 2.50×");
    assertThat(Target.atMost(0.001)).hasToString("≤ 1/1000×");
    assertThat(new Target.AtLeastTimes(0.8)).hasToString("≥ 0.80×");
    assertThat(new Target.Never(4000)).hasToString("all ≤ 4000");
  }

  private void round(double own, double floor) {
    rounds.add("own", own);
    rounds.add("floor", floor);
    rounds.next();
  }
}
