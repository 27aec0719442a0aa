package dev.firebuild.coordinator.view;

import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.event.VmEvent;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the events of each subject begin, so that one build's history is read without the others'.
 * Bounded: the subjects that were silent for longest are forgotten first.
 */
public final class SubjectIndex {
  private final int limit;
  private final Map<String, Place> places;

  /** The time of the first event that was read of a partition whose beginning was left out. */
  private final Map<Integer, Long> since = new HashMap<>();

  private boolean forgetful;

  /** The partition that holds a subject's events, and the offset of the first one. */
  public record Place(int partition, long first) {}

  /** Keeps at most {@code limit} subjects. */
  public SubjectIndex(int limit) {
    this.limit = limit;
    this.places = new LinkedHashMap<>(16, 0.75f, true);
  }

  /**
   * Older events of {@code partition} are not read: of the first one that comes, the time counts.
   */
  public synchronized void leftOut(int partition) {
    since.put(partition, Long.MAX_VALUE);
  }

  /** Takes in the event at {@code offset} of {@code partition}; {@code timestamp} is the log's. */
  public synchronized void add(int partition, long offset, long timestamp, Event event) {
    since.computeIfPresent(partition, (_, time) -> Math.min(time, timestamp));
    if (EventType.ofType(event.type()).filter(SubjectIndex::isOfWork).isEmpty()) {
      return;
    }
    if (places.get(event.subject()) == null) {
      places.put(event.subject(), new Place(partition, offset));
    }
    if (places.size() > limit) {
      places.remove(places.keySet().iterator().next());
      forgetful = true;
    }
  }

  /** By type: output is not read. */
  private static boolean isOfWork(EventType type) {
    return BuildEvent.class.isAssignableFrom(type.data())
        || VmEvent.class.isAssignableFrom(type.data());
  }

  public synchronized Optional<Place> find(String subject) {
    return Optional.ofNullable(places.get(subject));
  }

  /**
   * Whether the events of a subject in {@code partition} are those that are found here, from the
   * first one on.
   *
   * @param created when it was asked for, if that is known
   */
  public synchronized boolean isComplete(int partition, Optional<Instant> created) {
    Long begin = since.get(partition);
    return !forgetful
        && (begin == null || created.filter(time -> time.toEpochMilli() > begin).isPresent());
  }
}
