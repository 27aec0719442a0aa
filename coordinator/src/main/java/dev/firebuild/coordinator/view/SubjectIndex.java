package dev.firebuild.coordinator.view;

import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.VmEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the events of each subject lie, so that one build's history is read without the others'.
 * Bounded: the subjects that were silent for longest are forgotten first.
 */
public final class SubjectIndex {
  private final int limit;
  private final Map<String, Place> places;
  private boolean complete = true;

  /**
   * The stretch of one partition that holds a subject's events.
   *
   * @param first offset of the first event
   * @param last offset of the last event so far
   * @param attempt the highest attempt that was seen
   * @param end offset of the terminal event of that attempt
   */
  public record Place(int partition, long first, long last, int attempt, Optional<Long> end) {
    Place with(long offset, Event event) {
      if (event.attempt() < attempt) {
        return new Place(partition, first, offset, attempt, end);
      }
      boolean terminal = isTerminal(event.data());
      Optional<Long> newEnd =
          event.attempt() > attempt || end.isEmpty()
              ? (terminal ? Optional.of(offset) : Optional.empty())
              : end;
      return new Place(partition, first, offset, event.attempt(), newEnd);
    }
  }

  /** Keeps at most {@code limit} subjects. */
  public SubjectIndex(int limit) {
    this.limit = limit;
    this.places = new LinkedHashMap<>(16, 0.75f, true);
  }

  /** Whether {@code data} ends its build or VM. */
  public static boolean isTerminal(EventData data) {
    return switch (data) {
      case BuildEvent.Rejected _,
          BuildEvent.Succeeded _,
          BuildEvent.Failed _,
          BuildEvent.Cancelled _,
          VmEvent.Rejected _,
          VmEvent.Exited _,
          VmEvent.Failed _ ->
          true;
      default -> false;
    };
  }

  /** Takes in the event at {@code offset} of {@code partition}. */
  public synchronized void add(int partition, long offset, Event event) {
    if (!(event.data() instanceof BuildEvent) && !(event.data() instanceof VmEvent)) {
      return;
    }
    places.merge(
        event.subject(),
        new Place(partition, offset, offset, 0, Optional.empty()).with(offset, event),
        (known, _) -> known.with(offset, event));
    if (places.size() > limit) {
      places.remove(places.keySet().iterator().next());
      complete = false;
    }
  }

  public synchronized Optional<Place> find(String subject) {
    return Optional.ofNullable(places.get(subject));
  }

  /** Whether a subject that is not found has no events at all. */
  public synchronized boolean isComplete() {
    return complete;
  }
}
