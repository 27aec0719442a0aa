package dev.firebuild.coordinator.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.coordinator.owner.Liveness.Verdict;
import dev.firebuild.protocol.event.WorkerEvent.WorkerInfo;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LivenessTest {
  private long now = 1000;
  private final Liveness liveness = new Liveness(now);

  @Test
  void aSilentWorkerIsLostAfterThreeSeconds() {
    liveness.heard("w", info("first", 1, "i"));
    pass(Duration.ofMillis(2900), true);
    assertThat(judge("first", "i")).isEqualTo(Verdict.HOLDS);
    pass(Duration.ofMillis(400), true);
    assertThat(judge("first", "i")).isEqualTo(Verdict.LOST);
  }

  @Test
  void withoutTheOwnEchoNoTimePasses() {
    liveness.heard("w", info("first", 1, "i"));
    pass(Duration.ofSeconds(60), false);
    assertThat(judge("first", "i")).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void afterAPauseEveryWorkerHasItsTimeAnew() {
    liveness.heard("w", info("first", 1, "i"));
    pass(Duration.ofSeconds(2), true);
    pass(Duration.ofSeconds(20), false);
    pass(Duration.ofMillis(2500), true);
    assertThat(judge("first", "i")).isEqualTo(Verdict.HOLDS);
    pass(Duration.ofSeconds(1), true);
    assertThat(judge("first", "i")).isEqualTo(Verdict.LOST);
  }

  @Test
  void untilTheOwnEchoIsBackNobodyIsLost() {
    // Given a worker that is lost, or gone, when the coordinator freezes
    liveness.heard("w", info("first", 1, "i"));
    pass(Duration.ofMillis(3500), true);
    liveness.goodbye("w", "first");
    assertThat(judge("first", "i")).isEqualTo(Verdict.LOST);

    // When it goes on, and what was said meanwhile is not read yet
    now += Duration.ofSeconds(20).toNanos();
    liveness.turn(now);

    // Then it may live again
    assertThat(judge("first", "i")).isEqualTo(Verdict.HOLDS);
    liveness.echo(now);
    assertThat(judge("first", "i")).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void anEchoBetweenTwoShortPausesIsNoProofOfSilence() {
    // Given heartbeats until the broker goes away for a moment
    liveness.heard("w", info("first", 1, "i"));
    pass(Duration.ofMillis(900), true);
    // When it is back, and away again before the worker found it
    pass(Duration.ofMillis(700), false);
    liveness.echo(now);
    pass(Duration.ofMillis(1500), false);
    // Then
    assertThat(judge("first", "i")).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void whatIsNotNamedYetMayBeNamedByHeartbeatsOnTheirWay() {
    // Given an instance that is younger than the last heartbeat, and none comes any more
    liveness.heard("w", info("first", 1));
    judge("first", "i");
    pass(Duration.ofMillis(2500), true);
    pass(Duration.ofSeconds(5), false);
    pass(Duration.ofMillis(1500), true);
    // Then silence is silence, and no word that it is not held
    assertThat(judge("first", "i")).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void aClaimIsASignOfLife() {
    liveness.heard("w", info("first", 1, "i"));
    pass(Duration.ofMillis(3500), true);
    assertThat(judge("first", "i")).isEqualTo(Verdict.LOST);
    liveness.claimed("w", "second");
    assertThat(judge("first", "i")).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void oneBeatPerSecondIsEnough() {
    liveness.heard("w", info("first", 1, "i"));
    for (int second = 0; second < 4; second++) {
      assertThat(judge("first", "i")).isEqualTo(Verdict.HOLDS);
      liveness.echo(now);
      pass(Duration.ofSeconds(1), false);
    }
    assertThat(judge("first", "i")).isEqualTo(Verdict.LOST);
  }

  @Test
  void aFrozenCoordinatorCountsHalfASecond() {
    liveness.heard("w", info("first", 1, "i"));
    liveness.echo(now);
    now += Duration.ofSeconds(30).toNanos();
    liveness.echo(now);
    liveness.turn(now);
    assertThat(judge("first", "i")).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void aNewerIncarnationMakesTheOldOnesWorkVoidSoon() {
    liveness.heard("w", info("first", 1, "i"));
    assertThat(judge("first", "i")).isEqualTo(Verdict.HOLDS);
    liveness.heard("w", info("second", 2));
    assertThat(judge("first", "i")).isEqualTo(Verdict.SUPERSEDED);
    assertThat(liveness.judge("w", "first", "i", true)).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void anIncarnationThatWasNeverHeardIsOldWhenTheOtherOneGoesOnSpeaking() {
    // Given a claim of a process that this coordinator knows nothing of
    liveness.heard("w", info("known", 2));
    assertThat(judge("unknown", "i")).isEqualTo(Verdict.HOLDS);
    // When time passes without a word, it may be the next one
    pass(Duration.ofMillis(900), true);
    assertThat(judge("unknown", "i")).isEqualTo(Verdict.HOLDS);
    // Then a word of the known one tells
    liveness.heard("w", info("known", 2));
    assertThat(judge("unknown", "i")).isEqualTo(Verdict.SUPERSEDED);
  }

  @Test
  void anOlderProcessIsNotHeardBesideANewerOne() {
    liveness.heard("w", info("second", 2, "mine"));
    liveness.heard("w", info("first", 1, "i"));
    assertThat(judge("second", "mine")).isEqualTo(Verdict.HOLDS);
    judge("first", "i");
    pass(Duration.ofMillis(700), true);
    liveness.heard("w", info("first", 1));
    assertThat(judge("second", "mine")).isEqualTo(Verdict.HOLDS);
    assertThat(judge("first", "i")).isEqualTo(Verdict.SUPERSEDED);
  }

  @Test
  void aWorkerThatHasLostTheNumberOfItsLifeIsHeardWhenItsLastLifeIsSilent() {
    liveness.heard("w", info("first", 57, "i"));
    pass(Duration.ofMillis(3500), true);
    liveness.heard("w", info("second", 1, "mine"));
    assertThat(judge("second", "mine")).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void aNewerIncarnationHoldsWhatItNames() {
    liveness.heard("w", info("second", 2, "i"));
    judge("first", "i");
    pass(Duration.ofMillis(700), true);
    assertThat(judge("first", "i")).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void whatALivingWorkerDoesNotNameIsNotHeld() {
    for (int i = 0; i < 8; i++) {
      liveness.heard("w", info("first", 1, "other"));
      judge("first", "i");
      pass(Duration.ofMillis(500), true);
    }
    assertThat(judge("first", "i")).isEqualTo(Verdict.NOT_HELD);
    assertThat(judge("first", "other")).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void aWorkerThatSaysGoodbyeIsLostAtOnce() {
    liveness.echo(now);
    liveness.heard("w", info("first", 1, "i"));
    liveness.goodbye("w", "first");
    assertThat(judge("first", "i")).isEqualTo(Verdict.LOST);
  }

  @Test
  void aWorkerThatWasNeverHeardGetsItsTime() {
    assertThat(judge("first", "i")).isEqualTo(Verdict.HOLDS);
    pass(Duration.ofMillis(3500), true);
    assertThat(judge("first", "i")).isEqualTo(Verdict.LOST);
  }

  private Verdict judge(String incarnation, String instance) {
    return liveness.judge("w", incarnation, instance, false);
  }

  private void pass(Duration time, boolean echoes) {
    long end = now + time.toNanos();
    while (now < end) {
      now += Duration.ofMillis(100).toNanos();
      if (echoes) {
        liveness.echo(now);
      }
      liveness.turn(now);
    }
  }

  private static WorkerInfo info(String incarnation, long life, String... instances) {
    return new WorkerInfo(incarnation, life, "v", "h", "u", 1, 1, List.of(instances));
  }
}
