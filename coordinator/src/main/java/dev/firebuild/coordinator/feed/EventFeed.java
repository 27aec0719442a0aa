package dev.firebuild.coordinator.feed;

import dev.firebuild.coordinator.view.SubjectIndex;
import dev.firebuild.messaging.Partitions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Opens streams of events. */
public final class EventFeed implements AutoCloseable {
  /** Clocks of brokers may differ by so much. */
  private static final Duration SLACK = Duration.ofMinutes(1);

  private final RecentEvents recent;
  private final History history;
  private final SubjectIndex subjects;

  public EventFeed(RecentEvents recent, History history, SubjectIndex subjects) {
    this.recent = recent;
    this.history = history;
    this.subjects = subjects;
  }

  /** Where a stream of all events begins. */
  public sealed interface Start {
    /** With the oldest event of the log. */
    record Beginning() implements Start {}

    /** With what comes from now on. */
    record Now() implements Start {}

    /** With the first event at or after a time. */
    record At(Instant time) implements Start {}

    /** After what was read before. */
    record After(Position position) implements Start {}
  }

  /** The place after everything that is there now. */
  public Position end() {
    return recent.end();
  }

  /** A stream of the wanted events of all subjects. */
  public EventStream all(Start start, Predicate<StoredEvent> wanted) throws InterruptedException {
    Position end = recent.end();
    Position from =
        switch (start) {
          case Start.Beginning _ -> beginning(end);
          case Start.Now _ -> end;
          case Start.At(Instant time) -> history.at(time, end);
          case Start.After(Position position) -> complete(position, end);
        };
    return new EventStream(recent, history, from, from, wanted, () -> false);
  }

  /**
   * A stream of one subject's events: all that the log has, or those after {@code resume}; without
   * what is void or was said twice. To know that, it reads them from the first one.
   *
   * @param created when the subject was asked for, if that is known
   */
  public EventStream subject(String subject, Optional<Instant> created, Optional<Position> resume)
      throws InterruptedException {
    // The end first: what the index does not know then comes after it.
    Position end = recent.end();
    Optional<SubjectIndex.Place> place = subjects.find(subject);
    int partition = place.map(SubjectIndex.Place::partition).orElse(partitionOf(subject, end));
    Position start = first(partition, place, created, end);
    Position known =
        resume
            .filter(position -> position.next().containsKey(partition))
            .map(position -> Position.of(partition, position.offset(partition)))
            .orElse(start);
    SubjectFilter filter = new SubjectFilter(subject);
    return new EventStream(recent, history, start.atMost(known), known, filter, filter::isSettled);
  }

  /** A place before which there is no event of the subject. */
  private Position first(
      int partition, Optional<SubjectIndex.Place> place, Optional<Instant> created, Position end)
      throws InterruptedException {
    if (subjects.isComplete(partition, created)) {
      return Position.of(
          partition, place.map(SubjectIndex.Place::first).orElse(end.offset(partition)));
    }
    Position nowhere = Position.of(partition, end.offset(partition));
    return created.isPresent()
        ? history.at(created.get().minus(SLACK), nowhere)
        : Position.of(partition, 0);
  }

  /** The end of what can have been said of {@code subject} until {@code time}. */
  public Position endAt(String subject, Instant time) throws InterruptedException {
    Position end = recent.end();
    int partition = partitionOf(subject, end);
    return history.at(time, Position.of(partition, end.offset(partition)));
  }

  /** Has {@code listener} called whenever something has happened, and at the end. */
  public void onNews(Runnable listener) {
    recent.onSignal(listener);
  }

  public boolean isClosed() {
    return recent.isClosed();
  }

  /** Ends all streams. */
  @Override
  public void close() {
    recent.close();
  }

  private static Position beginning(Position end) {
    TreeMap<Integer, Long> next = new TreeMap<>(end.next());
    next.replaceAll((_, _) -> 0L);
    return new Position(next);
  }

  /** A position of fewer partitions than there are reads the others from their beginning. */
  private Position complete(Position position, Position end) {
    var next = new TreeMap<>(beginning(end).next());
    position.next().forEach((partition, offset) -> next.replace(partition, offset));
    return new Position(next);
  }

  private static int partitionOf(String subject, Position end) {
    int partitions = Math.max(1, end.next().size());
    return Partitions.of(subject, partitions);
  }
}
