package dev.firebuild.protocol.document;

import dev.firebuild.protocol.event.WorkerEvent;
import java.time.Instant;

/**
 * A worker as its owner knows it.
 *
 * @param state {@code up}, {@code silent} or {@code stopped}
 */
public record WorkerDocument(
    String id, WorkerEvent.WorkerInfo info, String state, Instant changedAt) implements Document {
  /** The key of the worker {@code id}. */
  public static String key(String id) {
    return "worker/" + id;
  }

  @Override
  public String key() {
    return key(id);
  }

  /** The same in another state since {@code at}. */
  public WorkerDocument withState(String next, Instant at) {
    return new WorkerDocument(id, info, next, at);
  }
}
