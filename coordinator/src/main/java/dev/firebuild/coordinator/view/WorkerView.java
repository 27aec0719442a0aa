package dev.firebuild.coordinator.view;

import dev.firebuild.protocol.event.WorkerEvent;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The last word of each worker. */
public final class WorkerView {
  private final Map<String, Seen> workers = new ConcurrentHashMap<>();

  /** What a worker said last, and when. */
  public record Seen(WorkerEvent.WorkerInfo info, Instant at) {}

  /** Takes in what {@code worker} says of itself. */
  public void apply(String worker, WorkerEvent event, Instant at) {
    switch (event) {
      case WorkerEvent.Started(WorkerEvent.WorkerInfo info) -> put(worker, info, at);
      case WorkerEvent.Heartbeat(WorkerEvent.WorkerInfo info) -> put(worker, info, at);
      case WorkerEvent.Stopping _ -> {
        // The owner says so in the worker's document.
      }
    }
  }

  private void put(String worker, WorkerEvent.WorkerInfo info, Instant at) {
    workers.put(worker, new Seen(info, at));
  }

  public Optional<Seen> find(String worker) {
    return Optional.ofNullable(workers.get(worker));
  }
}
