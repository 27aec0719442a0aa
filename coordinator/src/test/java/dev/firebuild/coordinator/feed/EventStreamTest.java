package dev.firebuild.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.coordinator.view.SubjectIndex;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.decision.OwnerEvents;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.request.BuildRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventStreamTest {
  private static final int SIZE = 100;

  private final List<StoredEvent> log = new ArrayList<>();
  private final RecentEvents recent = new RecentEvents(3 * SIZE);
  private final SubjectIndex subjects = new SubjectIndex(10);
  private final EventFeed feed = new EventFeed(recent, new LogHistory(), subjects);
  private long deletedBefore;
  private int opened;

  EventStreamTest() {
    recent.start(1);
  }

  @Test
  void recentEventsNeedNoHistory() throws Exception {
    append("a", 1, "i", 1, new BuildEvent.StepStarted(1));
    append("b", 1, "j", 1, new BuildEvent.StepStarted(2));

    assertThat(read(feed.subject("b", Optional.empty(), Optional.empty())))
        .containsExactly("1:StepStarted[step=2]");
    assertThat(opened).isZero();
  }

  @Test
  void forgottenEventsComeFromHistoryWithoutLossOrRepetition() throws Exception {
    EventStream stream = feed.all(new EventFeed.Start.Beginning(), _ -> true);
    for (int i = 0; i < 10; i++) {
      append("a", 1, "i", i, new BuildEvent.StepStarted(i));
    }
    assertThat(read(stream)).hasSize(10).doesNotHaveDuplicates();
    for (int i = 10; i < 12; i++) {
      append("a", 1, "i", i, new BuildEvent.StepStarted(i));
    }

    assertThat(read(stream)).containsExactly("10:StepStarted[step=10]", "11:StepStarted[step=11]");
    assertThat(opened).isEqualTo(1);
  }

  @Test
  void aReaderTakesAFewEventsAtOnceHoweverManyThereAre() throws Exception {
    RecentEvents large = new RecentEvents(1 << 30);
    large.start(2);
    int size = 1 << 20;
    for (int i = 0; i < 20; i++) {
      Event event =
          new Event("i" + i, "w", "a", Instant.EPOCH, 1, "i", i, new BuildEvent.StepStarted(i));
      large.add(new StoredEvent(i % 2, i / 2, i, size, event));
    }
    EventStream stream =
        new EventFeed(large, new LogHistory(), subjects)
            .all(new EventFeed.Start.Beginning(), _ -> true);

    List<Integer> steps = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      List<EventStream.Item> items = stream.next(Duration.ofMillis(50));
      assertThat(items).hasSize(1);
      if (items.getFirst() instanceof EventStream.Item.Next(Position _, StoredEvent event)
          && event.event().data() instanceof BuildEvent.StepStarted(int step)) {
        steps.add(step);
      }
    }
    assertThat(steps).hasSize(20).isSorted().doesNotHaveDuplicates();
    assertThat(stream.next(Duration.ofMillis(50))).isEmpty();
  }

  @Test
  void deletedStretchIsToldAsAGap() throws Exception {
    for (int i = 0; i < 10; i++) {
      append("a", 1, "i", i, new BuildEvent.StepStarted(i));
    }
    deletedBefore = 4;

    EventStream stream = feed.all(new EventFeed.Start.After(Position.parse("0:1")), _ -> true);

    assertThat(stream.next(Duration.ofMillis(100)).getFirst())
        .isEqualTo(new EventStream.Item.Gap(Position.of(0, 2), Position.of(0, 4)));
    assertThat(read(stream)).hasSize(6).first().isEqualTo("4:StepStarted[step=4]");
  }

  @Test
  void subjectThatComesLaterIsSeenFromItsFirstEvent() throws Exception {
    append("a", 1, "i", 1, new BuildEvent.StepStarted(1));
    EventStream stream = feed.subject("late", Optional.empty(), Optional.empty());
    append("late", 1, "j", 1, new BuildEvent.StepStarted(7));

    assertThat(read(stream)).containsExactly("1:StepStarted[step=7]");
  }

  @Test
  void resumingShowsNothingTwiceAndNothingVoid() throws Exception {
    append("a", 1, "i", 1, claimed());
    append("a", 1, "i", 2, new BuildEvent.StepStarted(1));
    append("a", 2, OwnerEvents.INSTANCE, 21, new BuildEvent.Requeued(2, "w", "silent"));
    // from here on the reader has not read
    append("a", 2, OwnerEvents.INSTANCE, 21, new BuildEvent.Requeued(2, "w", "silent"));
    append("a", 1, "i", 3, new BuildEvent.StepStarted(2));
    append("a", 2, "j", 1, claimed());
    append("a", 2, "k", 1, claimed());
    append("a", 2, "j", 2, new BuildEvent.StepStarted(3));

    List<String> whole = read(feed.subject("a", Optional.empty(), Optional.empty()));
    List<String> resumed =
        read(feed.subject("a", Optional.empty(), Optional.of(Position.parse("0:2"))));

    assertThat(resumed).hasSize(2).isEqualTo(whole.subList(3, 5));
    assertThat(resumed.getLast()).isEqualTo("7:StepStarted[step=3]");
  }

  @Test
  void resumingBeyondADeletedBeginningIsNoGap() throws Exception {
    for (int i = 0; i < 10; i++) {
      append("a", 1, "i", i, new BuildEvent.StepStarted(i));
    }
    deletedBefore = 4;

    EventStream stream = feed.subject("a", Optional.empty(), Optional.of(Position.parse("0:6")));

    assertThat(stream.next(Duration.ofMillis(100)))
        .hasSize(1)
        .allMatch(item -> item instanceof EventStream.Item.Next);
  }

  @Test
  void whatTheTailLeftOutIsFoundByTime() throws Exception {
    // Given a tail that began with event 5
    for (int i = 0; i < 10; i++) {
      append("a", 1, "i", i, new BuildEvent.StepStarted(i), i >= 5);
    }

    assertThat(read(feed.subject("a", Optional.of(Instant.ofEpochMilli(0)), Optional.empty())))
        .hasSize(10);
    assertThat(read(feed.subject("b", Optional.of(Instant.ofEpochMilli(20)), Optional.empty())))
        .isEmpty();
    assertThat(opened).isEqualTo(1);
  }

  private static BuildEvent.Claimed claimed() {
    return new BuildEvent.Claimed(
        new Claim("requests", 0, 1, "w", "inc", Optional.empty(), Optional.empty()),
        Json.read(
            "{\"tag\":\"a\",\"source\":{\"dockerfile\":\"FROM scratch\"}}"
                .getBytes(StandardCharsets.UTF_8),
            BuildRequest.class));
  }

  @Test
  void endOfALaterAttemptCounts() throws Exception {
    EventStream stream = feed.subject("a", Optional.empty(), Optional.empty());
    append("a", 1, "i", 1, new BuildEvent.Failed(Failure.of(FailureCode.VMM, "x")));
    append("a", 2, "j", 1, new BuildEvent.Started("w", "t"));
    append("a", 1, "i", 2, new BuildEvent.Failed(Failure.of(FailureCode.VMM, "zombie")));
    assertThat(read(stream)).hasSize(2);
    assertThat(stream.isSettled()).isFalse();

    append("a", 2, "j", 2, new BuildEvent.Cancelled("y"));
    assertThat(read(stream)).hasSize(1);
    assertThat(stream.isSettled()).isTrue();
  }

  @Test
  void closedFeedEndsItsStreams() throws Exception {
    EventStream stream = feed.all(new EventFeed.Start.Now(), _ -> true);
    feed.close();

    assertThat(stream.next(Duration.ofMinutes(5))).isEmpty();
  }

  @Test
  void positionsSurviveTheirText() {
    assertThat(Position.parse("0:-1,3:17").toString()).isEqualTo("0:-1,3:17");
    assertThat(Position.parse("3:17").offset(3)).isEqualTo(18);
    for (String wrong : List.of("", "3", "3:", ":1", "a:b", "1:-2", "-1:3", "1:2,")) {
      assertThatThrownBy(() -> Position.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("PARTITION:OFFSET");
    }
  }

  private static List<String> read(EventStream stream) throws InterruptedException {
    List<String> read = new ArrayList<>();
    for (var items = stream.next(Duration.ofMillis(50));
        !items.isEmpty();
        items = stream.next(Duration.ofMillis(50))) {
      for (EventStream.Item item : items) {
        if (item instanceof EventStream.Item.Next(Position _, StoredEvent event)) {
          read.add(event.offset() + ":" + event.event().data());
        }
      }
    }
    return read;
  }

  private void append(String subject, int attempt, String instance, long seq, EventData data) {
    append(subject, attempt, instance, seq, data, true);
  }

  /** {@code tailed}: the tail reads it, too. */
  private void append(
      String subject, int attempt, String instance, long seq, EventData data, boolean tailed) {
    Event event =
        new Event(instance + "-" + seq, "w", subject, Instant.EPOCH, attempt, instance, seq, data);
    StoredEvent stored = new StoredEvent(0, log.size(), log.size(), SIZE, event);
    log.add(stored);
    if (!tailed) {
      recent.begin(0, log.size(), false);
      subjects.leftOut(0);
      return;
    }
    subjects.add(0, stored.offset(), stored.timestamp(), event);
    recent.add(stored);
    recent.signal();
  }

  /** The whole log, as Kafka would have it. */
  private final class LogHistory implements History {
    @Override
    public Page read(Position from, Position to) {
      return log.stream()
          .filter(event -> event.offset() >= from.offset(0) && event.offset() < to.offset(0))
          .findFirst()
          .map(event -> new Page(List.of(event), Position.of(0, event.offset() + 1)))
          .orElseGet(() -> new Page(List.of(), to));
    }

    @Override
    public Position beginning(Position position) {
      opened++;
      return Position.of(0, deletedBefore);
    }

    @Override
    public Position at(Instant time, Position position) {
      return Position.of(
          0, log.stream().filter(event -> event.timestamp() < time.toEpochMilli()).count());
    }
  }
}
