package dev.firebuild.protocol.event;

/**
 * Who claims which request record.
 *
 * @param topic topic of the request record
 * @param partition partition of the request record
 * @param offset offset of the request record
 * @param worker id of the worker
 * @param incarnation drawn by the worker at each start of its process
 */
public record Claim(String topic, int partition, long offset, String worker, String incarnation) {}
