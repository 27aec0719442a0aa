package dev.firebuild.protocol.event;

import java.time.Instant;
import java.util.Optional;

/**
 * Who claims which request record.
 *
 * @param topic topic of the request record
 * @param partition partition of the request record
 * @param offset offset of the request record
 * @param worker id of the worker
 * @param incarnation drawn by the worker at each start of its process
 * @param traceparent W3C trace context of the request record, for the next attempt's
 * @param requestedAt time that the log gave the request record; absent: the worker does not say
 */
public record Claim(
    String topic,
    int partition,
    long offset,
    String worker,
    String incarnation,
    Optional<String> traceparent,
    Optional<Instant> requestedAt) {}
