package dev.firebuild.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerLifeTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

  @TempDir Path data;

  @Test
  void eachLifeIsHigherWhateverTheClockDoes() throws IOException {
    long first = begin(NOW);
    long second = begin(NOW.minus(Duration.ofDays(400)));
    long third = begin(Instant.EPOCH);
    long fourth = begin(NOW.plusSeconds(60));

    assertThat(first).isEqualTo(NOW.getEpochSecond());
    assertThat(second).isEqualTo(first + 1);
    assertThat(third).isEqualTo(first + 2);
    assertThat(fourth).isEqualTo(NOW.getEpochSecond() + 60);
  }

  @Test
  void withoutItsDataAWorkerIsStillLaterThanBefore() throws IOException {
    long first = begin(NOW);
    Files.delete(data.resolve("life"));
    assertThat(begin(NOW.plusSeconds(1))).isGreaterThan(first);
    Files.writeString(data.resolve("life"), "nonsense");
    assertThat(begin(NOW.plusSeconds(2))).isGreaterThan(first + 1);
  }

  private long begin(Instant now) throws IOException {
    return WorkerLife.begin(data, InstantSource.fixed(now));
  }
}
