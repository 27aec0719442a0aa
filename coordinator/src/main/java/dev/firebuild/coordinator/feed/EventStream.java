package dev.firebuild.coordinator.feed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * One reader of the event topic: history first, then live, without loss or repetition, however slow
 * it is. Not thread-safe.
 */
public final class EventStream {
  /** So much a reader takes at once: what it has not passed on lies in memory, for each of them. */
  static final long BATCH_BYTES = 32 * 1024;

  private final RecentEvents recent;
  private final History history;
  private final Predicate<StoredEvent> wanted;
  private final Position known;
  private final BooleanSupplier settled;
  private Position position;

  /** Up to where it reads history, while it does. */
  private Optional<Position> historyEnd = Optional.empty();

  /** What a stream says: an event, or that a stretch of the log is gone. */
  public sealed interface Item {
    /** An event; {@code position} is the place after it. */
    record Next(Position position, StoredEvent event) implements Item {}

    /** The log begins later than where the reader wanted to go on. */
    record Gap(Position from, Position to) implements Item {}
  }

  /**
   * Begins at {@code start}, but shows only what comes at or after {@code known}: {@code wanted} is
   * asked about the rest, too, and can learn from it.
   */
  EventStream(
      RecentEvents recent,
      History history,
      Position start,
      Position known,
      Predicate<StoredEvent> wanted,
      BooleanSupplier settled) {
    this.recent = recent;
    this.history = history;
    this.position = start;
    this.known = known;
    this.wanted = wanted;
    this.settled = settled;
  }

  /** Where the stream is. */
  public Position position() {
    return position;
  }

  /** Whether the end of its subject was told, as far as the stream is. */
  public boolean isSettled() {
    return settled.getAsBoolean();
  }

  /** Whether everything that was there at {@code end} has been passed. */
  public boolean hasReached(Position end) {
    return position.next().entrySet().stream()
        .allMatch(place -> place.getValue() >= end.offset(place.getKey()));
  }

  /**
   * The next items, waiting for them at most {@code patience}; none: nothing came in time. Throws
   * {@link History.HistoryException} if Kafka does not answer.
   */
  public List<Item> next(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!recent.isClosed()) {
      long version = recent.version();
      Position end = recent.end();
      List<Item> items = new ArrayList<>();
      boolean progress = advance(items, end);
      if (!items.isEmpty()) {
        return items;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return List.of();
      }
      if (!progress) {
        recent.awaitNewer(version, Duration.ofNanos(left));
      }
    }
    return List.of();
  }

  /**
   * The next items, without waiting: none if nothing has happened. Absent if the log itself must be
   * read, which {@link #next} does.
   */
  public Optional<List<Item>> poll() {
    while (historyEnd.isEmpty()) {
      Position end = recent.end();
      Optional<List<StoredEvent>> events = recent.read(position, BATCH_BYTES);
      if (events.isEmpty()) {
        return Optional.empty();
      }
      List<Item> items = new ArrayList<>();
      pass(events.get(), end, items);
      if (!items.isEmpty() || events.get().isEmpty()) {
        return Optional.of(items);
      }
    }
    return Optional.empty();
  }

  private boolean advance(List<Item> items, Position end) throws InterruptedException {
    if (historyEnd.isPresent()) {
      History.Page page = history.read(position, historyEnd.get());
      take(page.events(), items);
      position = page.next();
      historyEnd = historyEnd.filter(known -> !hasReached(known));
      return true;
    }
    Optional<List<StoredEvent>> events = recent.read(position, BATCH_BYTES);
    if (events.isEmpty()) {
      turnToHistory(items, end);
      return true;
    }
    pass(events.get(), end, items);
    return !events.get().isEmpty();
  }

  /** {@code end} is a place that was reached before {@code events} were looked for. */
  private void pass(List<StoredEvent> events, Position end, List<Item> items) {
    take(events, items);
    if (events.isEmpty()) {
      position = position.atLeast(end);
    }
  }

  private void turnToHistory(List<Item> items, Position end) throws InterruptedException {
    Position beginning = history.beginning(position);
    Position from = position.atLeast(beginning);
    if (!from.equals(position)) {
      if (hasGap(from)) {
        items.add(new Item.Gap(position.atLeast(known), from));
      }
      position = from;
    }
    Position to = from.atLeast(end);
    historyEnd = Optional.of(to);
  }

  /** Who asks for all there is, from offset 0, misses nothing when the log begins later. */
  private boolean hasGap(Position from) {
    return position.next().entrySet().stream()
        .anyMatch(place -> {
          long wants = Math.max(place.getValue(), known.offset(place.getKey()));
          return wants > 0 && wants < from.offset(place.getKey());
        });
  }

  private void take(List<StoredEvent> events, List<Item> items) {
    for (StoredEvent event : events) {
      position = position.after(event);
      if (wanted.test(event) && event.offset() >= known.offset(event.partition())) {
        items.add(new Item.Next(position, event));
      }
    }
  }
}
