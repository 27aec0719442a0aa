package dev.firebuild.coordinator.feed;

import dev.firebuild.protocol.event.Event;

/**
 * An event and where it lies.
 *
 * @param timestamp milliseconds, of the log
 * @param size bytes of the record
 */
public record StoredEvent(int partition, long offset, long timestamp, int size, Event event) {}
