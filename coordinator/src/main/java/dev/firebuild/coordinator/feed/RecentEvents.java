package dev.firebuild.coordinator.feed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The latest events of each partition, shared by all readers, bounded in bytes: where much happens,
 * much is kept. A reader that lags behind them goes on in Kafka itself, so no reader costs memory
 * of its own.
 */
public final class RecentEvents {
  private final long limit;
  private final TreeMap<Integer, Ring> rings = new TreeMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private long bytes;
  private long version;
  private boolean closed;

  /** What {@link #end} says, until something comes: each of many readers asks for it. */
  private Optional<Position> knownEnd = Optional.empty();

  /** Keeps about {@code limit} bytes of all partitions, and the last event of each. */
  public RecentEvents(long limit) {
    this.limit = limit;
  }

  private static final class Ring {
    /** From here on, every event that the tail has met is in {@link #events}. */
    private long floor;

    /** Where the tail began to read. */
    private long begin;

    /** Whether that was the oldest record of the log. */
    private boolean whole = true;

    /** The offset after the last record that was seen. */
    private long end;

    private long bytes;
    private final TreeMap<Long, StoredEvent> events = new TreeMap<>();

    /**
     * Whether something at or after {@code offset} was forgotten here, left out, or had been
     * deleted before the tail came: only the log itself can tell. From 0 on, all there is will do.
     */
    private boolean lacks(long offset) {
      return offset < floor || (offset < begin && (offset > 0 || !whole));
    }
  }

  /** There are {@code partitions}, numbered from 0. */
  public synchronized void start(int partitions) {
    for (int partition = 0; partition < partitions; partition++) {
      rings.put(partition, new Ring());
    }
    knownEnd = Optional.empty();
  }

  /**
   * Reading of {@code partition} begins at {@code offset}.
   *
   * @param whole whether that is the oldest record of the log
   */
  public synchronized void begin(int partition, long offset, boolean whole) {
    Ring ring = ring(partition);
    ring.begin = offset;
    ring.end = offset;
    ring.whole = whole;
  }

  /** Takes in the next event of its partition. */
  public synchronized void add(StoredEvent event) {
    Ring ring = ring(event.partition());
    ring.events.put(event.offset(), event);
    ring.bytes += event.size();
    bytes += event.size();
    ring.end = event.offset() + 1;
    while (bytes > limit && forgetOne()) {
      // Until it fits.
    }
  }

  /**
   * Where most is kept, readers lose least: one partition's output drives out no other's events.
   */
  private boolean forgetOne() {
    Optional<Ring> largest =
        rings.values().stream()
            .filter(ring -> ring.events.size() > 1)
            .max(Comparator.comparingLong(ring -> ring.bytes));
    largest.ifPresent(ring -> {
      StoredEvent oldest = ring.events.pollFirstEntry().getValue();
      ring.bytes -= oldest.size();
      bytes -= oldest.size();
      ring.floor = oldest.offset() + 1;
    });
    return largest.isPresent();
  }

  /** The record at {@code offset} is no event; readers pass it. */
  public synchronized void skip(int partition, long offset) {
    ring(partition).end = offset + 1;
  }

  /** Has {@code listener} called after each batch, and at the end; it must not keep it waiting. */
  public void onSignal(Runnable listener) {
    listeners.add(listener);
  }

  /** Wakes the readers; called after each batch. */
  public void signal() {
    synchronized (this) {
      version++;
      notifyAll();
    }
    listeners.forEach(Runnable::run);
  }

  /** Ends all waiting; readers get no more. */
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    listeners.forEach(Runnable::run);
  }

  public synchronized boolean isClosed() {
    return closed;
  }

  /** The offset after the last record of each partition. */
  public synchronized Position end() {
    if (knownEnd.isEmpty()) {
      TreeMap<Integer, Long> ends = new TreeMap<>();
      rings.forEach((partition, ring) -> ends.put(partition, ring.end));
      knownEnd = Optional.of(new Position(ends));
    }
    return knownEnd.get();
  }

  /**
   * The next of what lies at and after {@code position}, in the order of time, about {@code bytes}
   * of it; empty if a part of it is here no more and must be read in Kafka.
   */
  public synchronized Optional<List<StoredEvent>> read(Position position, long bytes) {
    List<StoredEvent> found = new ArrayList<>();
    for (var place : position.next().entrySet()) {
      Ring ring = rings.get(place.getKey());
      if (ring == null) {
        continue;
      }
      if (ring.lacks(place.getValue())) {
        return Optional.empty();
      }
      addUpTo(bytes, ring.events.tailMap(place.getValue()).values(), found);
    }
    if (position.next().size() > 1) {
      // Stable, so the order within a partition stays.
      found.sort(Comparator.comparingLong(StoredEvent::timestamp));
    }
    List<StoredEvent> next = new ArrayList<>();
    addUpTo(bytes, found, next);
    return Optional.of(next);
  }

  /** At least one, so that every reader gets on. */
  private static void addUpTo(
      long bytes, Collection<StoredEvent> events, List<StoredEvent> target) {
    long taken = 0;
    for (StoredEvent event : events) {
      if (taken >= bytes) {
        return;
      }
      target.add(event);
      taken += event.size();
    }
  }

  /** A number that rises with each {@link #signal}. */
  public synchronized long version() {
    return version;
  }

  /** Waits until there is something newer than {@code seen}, at most {@code patience}. */
  public synchronized void awaitNewer(long seen, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (version == seen && !closed) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }

  /** A ring that is about to be changed. */
  private Ring ring(int partition) {
    knownEnd = Optional.empty();
    return rings.computeIfAbsent(partition, _ -> new Ring());
  }
}
