package dev.firebuild.protocol.event;

import dev.firebuild.protocol.Json;
import java.time.Instant;

/**
 * One record of the event topic. Everything but {@code data} travels in its headers, in CloudEvents
 * 1.0 binary mode.
 *
 * @param id unique; CloudEvents {@code id}
 * @param source the worker or coordinator that says it; CloudEvents {@code source}
 * @param subject id of the build, VM, image, worker or coordinator; also the record's key
 * @param time for display only; decisions never look at it
 * @param attempt number of the request's attempt, from 1; 0 where there is none
 * @param instance drawn by the publisher for each claim, or for each process; orders with {@code
 *     seq}
 * @param seq rising within {@code instance}, with gaps, also when a later process of the worker
 *     goes on with it and whatever the host's clock does: a reader drops what is not above the last
 *     one that it has seen. Numbers of different instances say nothing of each other
 */
public record Event(
    String id,
    String source,
    String subject,
    Instant time,
    int attempt,
    String instance,
    long seq,
    EventData data) {

  /** The CloudEvents type. */
  public String type() {
    return EventType.typeOf(data);
  }

  /** The record's value: {@code data} as JSON. */
  public byte[] value() {
    return Json.bytes(data);
  }
}
