package dev.firebuild.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecentEventsTest {
  private static final int LIMIT = 10;

  private final RecentEvents recent = new RecentEvents(LIMIT);

  RecentEventsTest() {
    recent.start(2);
  }

  @Test
  void onePartitionMayHaveAllThereIs() {
    for (int i = 0; i < LIMIT; i++) {
      recent.add(event(0, i, 1));
    }

    assertThat(offsets(0, 0)).contains(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L));
  }

  @Test
  void theFullestPartitionGivesWay() {
    recent.add(event(1, 0, 1));
    recent.add(event(1, 1, 1));
    for (int i = 0; i < 100; i++) {
      recent.add(event(0, i, 1));
    }

    assertThat(offsets(1, 0)).contains(List.of(0L, 1L));
    assertThat(offsets(0, 91)).isEmpty();
    assertThat(offsets(0, 92)).contains(List.of(92L, 93L, 94L, 95L, 96L, 97L, 98L, 99L));
  }

  @Test
  void whatLaterBecomesFullerGivesWayInTurn() {
    for (int i = 0; i < LIMIT; i++) {
      recent.add(event(0, i, 1));
    }
    for (int i = 0; i < LIMIT; i++) {
      recent.add(event(1, i, 1));
    }

    assertThat(offsets(0, 5)).contains(List.of(5L, 6L, 7L, 8L, 9L));
    assertThat(offsets(1, 5)).contains(List.of(5L, 6L, 7L, 8L, 9L));
  }

  @Test
  void theLastEventOfAPartitionIsKeptHoweverLargeItIs() {
    recent.add(event(0, 0, 3 * LIMIT));
    recent.add(event(1, 0, 3 * LIMIT));

    assertThat(offsets(0, 0)).contains(List.of(0L));
    assertThat(offsets(1, 0)).contains(List.of(0L));
  }

  private Optional<List<Long>> offsets(int partition, long from) {
    return recent
        .read(Position.of(partition, from), Long.MAX_VALUE)
        .map(events -> events.stream().map(StoredEvent::offset).toList());
  }

  private static StoredEvent event(int partition, long offset, int size) {
    return new StoredEvent(
        partition,
        offset,
        offset,
        size,
        new Event(
            "e" + offset,
            "w",
            "b",
            Instant.EPOCH,
            1,
            "i",
            offset,
            new BuildEvent.StepStarted((int) offset)));
  }
}
