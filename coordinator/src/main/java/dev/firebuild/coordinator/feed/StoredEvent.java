package dev.firebuild.coordinator.feed;

import dev.firebuild.protocol.event.Event;

/**
 * An event and where it lies.
 *
 * @param timestamp milliseconds, of the log
 * @param size bytes of the record
 * @param json its part of the frames that clients get
 */
public record StoredEvent(
    int partition, long offset, long timestamp, int size, Event event, SharedJson json) {
  public StoredEvent(int partition, long offset, long timestamp, int size, Event event) {
    this(partition, offset, timestamp, size, event, new SharedJson(event));
  }
}
