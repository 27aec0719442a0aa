package dev.firebuild.coordinator.feed;

import dev.firebuild.messaging.EventCodec;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;

/**
 * An event and where it lies.
 *
 * @param timestamp milliseconds, of the log
 * @param size bytes of the record
 * @param event its output may be unread, as {@link EventCodec#decodeButOutput} leaves it
 * @param json its part of the frames that clients get
 */
public record StoredEvent(
    int partition, long offset, long timestamp, int size, Event event, SharedJson json) {
  public StoredEvent(int partition, long offset, long timestamp, int size, Event event) {
    this(partition, offset, timestamp, size, event, new SharedJson(event));
  }

  /** What it says, output too. */
  public EventData data() {
    return EventCodec.read(event.data());
  }
}
