package dev.firebuild.systemtest.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private Instant now = BEGIN;

  @Test
  void withoutAnEndThereIsAlwaysTime() {
    // Given
    Pace pace = new Pace(() -> now, Instant.MAX);
    pace.built(Duration.ofHours(1));
    // When / Then
    assertThat(pace.begin()).isTrue();
  }

  @Test
  void whatIsBegunEndsInTime() {
    // Given cases that take up to 20 s, and 3 s each to compare
    Pace pace = new Pace(() -> now, BEGIN.plusSeconds(60));
    assertThat(pace.begin()).isTrue();
    assertThat(pace.begin()).isTrue();
    pace.built(Duration.ofSeconds(20));
    pace.built(Duration.ofSeconds(5));
    pace.compared(2, Duration.ofSeconds(6));
    // When there is just time for one of them
    now = BEGIN.plusSeconds(37);
    // Then one is begun, and no other
    assertThat(pace.begin()).isTrue();
    assertThat(pace.begin()).isFalse();
  }

  @Test
  void whatIsStillToBeComparedNeedsTime() {
    // Given two cases that wait for their comparison
    Pace pace = new Pace(() -> now, BEGIN.plusSeconds(10));
    assertThat(pace.begin()).isTrue();
    assertThat(pace.begin()).isTrue();
    now = BEGIN.plusSeconds(6);
    assertThat(pace.begin()).isFalse();
    // When one turns out to have nothing to compare
    pace.done();
    // Then there is time for one more
    assertThat(pace.begin()).isTrue();
  }
}
