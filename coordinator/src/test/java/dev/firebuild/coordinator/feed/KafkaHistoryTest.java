package dev.firebuild.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.coordinator.feed.History.HistoryException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class KafkaHistoryTest {
  private static final int TURNS = 4;
  private static final Position HERE = Position.of(0, 0);

  /** A reader that hangs until a failure is let through. */
  private final Semaphore failures = new Semaphore(0);

  private final CountDownLatch asking = new CountDownLatch(2 * TURNS);
  private final KafkaHistory history =
      new KafkaHistory(Silent::new, "events", _ -> Optional.empty());

  @Test
  void whoComesWhileKafkaIsAwayIsToldSoon() throws Exception {
    // Given that some have learned it, and others are about to
    for (int i = 0; i < 2 * TURNS; i++) {
      Thread.ofVirtual().start(this::ask);
    }
    failures.release(TURNS);
    asking.await();

    // When / Then all turns are taken by those, for how long nobody knows
    assertThatThrownBy(() -> history.beginning(HERE))
        .isInstanceOf(HistoryException.class)
        .hasMessageContaining("Kafka does not answer");
    failures.release(TURNS);
  }

  private void ask() {
    try {
      history.beginning(HERE);
    } catch (HistoryException | InterruptedException e) {
      // That is what they learn.
    }
  }

  private final class Silent extends MockConsumer<String, byte[]> {
    Silent() {
      super("earliest");
    }

    @Override
    public synchronized Map<TopicPartition, Long> beginningOffsets(
        Collection<TopicPartition> partitions) {
      asking.countDown();
      failures.acquireUninterruptibly();
      throw new TimeoutException("no answer");
    }
  }
}
