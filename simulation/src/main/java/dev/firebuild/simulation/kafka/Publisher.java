package dev.firebuild.simulation.kafka;

import dev.firebuild.simulation.time.Actor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * An idempotent producer: records of a partition keep their order and wait for a broker that is
 * away. What is on its way when the process is killed or frozen may still arrive.
 */
public final class Publisher {
  private final Actor actor;
  private final Broker broker;
  private final long patience;
  private final Map<Log<?>, Lane<?>> lanes = new LinkedHashMap<>();
  private int waiting;

  private record Pending<T>(T value, long deadline, CompletableFuture<Void> stored) {}

  private final class Lane<T> {
    private final Log<T> log;
    private final Deque<Pending<T>> queue = new ArrayDeque<>();
    private boolean due;

    Lane(Log<T> log) {
      this.log = log;
    }

    CompletableFuture<Void> send(T value) {
      Pending<T> one = new Pending<>(value, actor.now() + patience, new CompletableFuture<>());
      queue.add(one);
      waiting++;
      plan(actor.chance().latency());
      return one.stored();
    }

    private void plan(long delay) {
      if (!due && !queue.isEmpty()) {
        due = true;
        actor.idly(delay, this::flush);
      }
    }

    private void flush() {
      due = false;
      if (queue.isEmpty()) {
        return;
      }
      if (broker.isUp()) {
        append(actor.chance().between(1, queue.size()));
        plan(actor.chance().latency());
      } else {
        expire();
        plan(actor.chance().millis(50, 700));
      }
    }

    private void append(int most) {
      for (int i = 0; i < most; i++) {
        Pending<T> one = queue.remove();
        broker.append(log, one.value());
        actor.idly(
            actor.chance().latency(),
            () -> {
              waiting--;
              one.stored().complete(null);
            });
      }
    }

    private void expire() {
      while (!queue.isEmpty() && queue.peek().deadline() < actor.now()) {
        waiting--;
        queue
            .remove()
            .stored()
            .completeExceptionally(new IllegalStateException("the broker is away"));
      }
    }

    void cutOff() {
      if (!queue.isEmpty() && broker.isUp()) {
        append(actor.chance().between(0, queue.size()));
      }
    }
  }

  /**
   * @param patience how long a record waits for the broker before it is given up
   */
  public Publisher(Actor actor, Broker broker, long patience) {
    this.actor = actor;
    this.broker = broker;
    this.patience = patience;
  }

  @SuppressWarnings("unchecked") // a lane has the type of its log
  public <T> CompletableFuture<Void> send(Log<T> log, T value) {
    return ((Lane<T>) lanes.computeIfAbsent(log, _ -> new Lane<>(log))).send(value);
  }

  /** The process is killed or frozen. */
  public void cutOff() {
    lanes.values().forEach(Lane::cutOff);
  }

  /** Whether nothing is on its way. */
  public boolean isEmpty() {
    return waiting == 0;
  }
}
