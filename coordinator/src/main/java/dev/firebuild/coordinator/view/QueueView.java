package dev.firebuild.coordinator.view;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The requests of one kind that have no document yet: what lies in the queue, and what this
 * coordinator has just put there.
 *
 * @param <R> the kind of request
 */
public final class QueueView<R> {
  private final Map<String, Queued<R>> requests = new ConcurrentHashMap<>();

  /** A request in the queue. */
  public record Queued<R>(String id, R request, Instant at) {}

  /** The request {@code id} lies in the queue; the first one under an id counts. */
  public void add(String id, R request, Instant at) {
    requests.putIfAbsent(id, new Queued<>(id, request, at));
  }

  /** The request {@code id} has a document, or had one. */
  public void remove(String id) {
    requests.remove(id);
  }

  public Optional<Queued<R>> find(String id) {
    return Optional.ofNullable(requests.get(id));
  }

  public Collection<Queued<R>> all() {
    return requests.values();
  }
}
