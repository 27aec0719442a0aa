package dev.firebuild.cli.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdleMemoryTest {
  private static final long MIB = 1 << 20;

  private final IdleMemory.Trim trim = new IdleMemory.Trim();

  @Test
  void garbageOfABurstIsCollectedOnceWorkHasEnded() {
    assertThat(trim.isDue(100, 900 * MIB)).as("at work").isFalse();
    assertThat(trim.isDue(103, 900 * MIB)).as("idle").isTrue();
  }

  @Test
  void whatIsInUseIsNotCollectedAgainAndAgain() {
    assertThat(trim.isDue(1, 300 * MIB)).isTrue();
    trim.collected(2, 280 * MIB);

    assertThat(trim.isDue(3, 300 * MIB)).isFalse();
    assertThat(trim.isDue(4, 350 * MIB)).isTrue();
  }

  @Test
  void smallHeapIsLeftAlone() {
    assertThat(trim.isDue(1, 50 * MIB)).isFalse();
  }
}
