package dev.firebuild.protocol.resource;

import dev.firebuild.protocol.event.WorkerEvent;
import java.time.Instant;

/**
 * A worker as {@code /v1/workers} shows it.
 *
 * @param state {@code up}, {@code silent} or {@code stopped}
 * @param busy instances that it works on or holds
 * @param lastSeen when the coordinator last heard of it; for display
 */
public record WorkerResource(
    String id,
    String state,
    String host,
    String url,
    String version,
    String incarnation,
    int buildSlots,
    int runSlots,
    int busy,
    Instant lastSeen) {

  /** The worker {@code id} as it reported itself. */
  public static WorkerResource of(
      String id, String state, WorkerEvent.WorkerInfo info, Instant lastSeen) {
    return new WorkerResource(
        id,
        state,
        info.host(),
        info.url(),
        info.version(),
        info.incarnation(),
        info.buildSlots(),
        info.runSlots(),
        info.instances().size(),
        lastSeen);
  }
}
