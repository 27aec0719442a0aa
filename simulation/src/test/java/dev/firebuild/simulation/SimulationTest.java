package dev.firebuild.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.simulation.Schedules.Outcome;
import dev.firebuild.simulation.mutant.Mutant;
import dev.firebuild.simulation.world.Parts;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final long SCHEDULES = 2000;

  private final Schedules runner = new Schedules(new Parts());

  @Test
  void allRulesHoldInEverySchedule() throws InterruptedException {
    Outcome outcome = runner.many(SCHEDULES, 1, number -> number, () -> false);
    assertThat(outcome.failed()).isEmpty();
    assertThat(outcome.run()).isEqualTo(SCHEDULES);
  }

  @Test
  void whatOnceWasBrokenHolds() {
    assertThat(Seeds.failedOnce())
        .isNotEmpty()
        .allSatisfy(seed -> assertThat(runner.one(seed)).isEmpty());
  }

  @Test
  void aSeedDecidesEverything() {
    List<String> history = runner.history(358);
    assertThat(history).hasSizeGreaterThan(20);
    assertThat(runner.history(358)).isEqualTo(history);
  }

  @Test
  void aFailureIsAHistoryThatEndsWithTheBrokenRule() throws InterruptedException {
    // Given
    Mutant mutant = Mutant.named("second-claim").orElseThrow();
    Schedules broken = new Schedules(mutant.parts());
    // When
    Outcome outcome = broken.many(SCHEDULES, 1, number -> number, () -> false);
    // Then
    Schedules.Failed failed = outcome.failed().getFirst();
    assertThat(broken.history(failed.seed()))
        .hasSizeGreaterThan(10)
        .anySatisfy(line -> assertThat(line).containsPattern("^ +\\d+ +\\d+\\.\\d{4}  worker-\\d"))
        .last()
        .asString()
        .startsWith(failed.rule());
  }
}
