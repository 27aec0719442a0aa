package dev.firebuild.messaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Those who wait until a consumer has read all there is. Any thread may {@link #ask} and {@link
 * #failAsked}; the rest is for the thread of the consumer.
 *
 * <p>The ends are asked for by a client of its own, made when somebody first asks: requests of a
 * connection are answered one by one, and the consumer's has a fetch that waits for records.
 */
final class EndWaits {
  private final KafkaSettings settings;
  private final String name;
  private final IsolationLevel isolation;
  private final Runnable wakeUp;
  private final Queue<CompletableFuture<Void>> asked = new ConcurrentLinkedQueue<>();
  private final Queue<Wait> found = new ConcurrentLinkedQueue<>();
  private final List<Wait> waits = new ArrayList<>();
  private Optional<Admin> admin = Optional.empty();

  private record Wait(Map<TopicPartition, Long> ends, CompletableFuture<Void> done) {}

  /** {@code wakeUp} has the consumer's thread look again; any thread calls it. */
  EndWaits(KafkaSettings settings, String name, IsolationLevel isolation, Runnable wakeUp) {
    this.settings = settings;
    this.name = name;
    this.isolation = isolation;
    this.wakeUp = wakeUp;
  }

  /** Completes when all is read that is there when the consumer's thread next looks. */
  CompletableFuture<Void> ask() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    asked.add(done);
    return done;
  }

  boolean isEmpty() {
    return waits.isEmpty();
  }

  /** {@code done} is completed when the consumer is at {@code ends}. */
  void add(Map<TopicPartition, Long> ends, CompletableFuture<Void> done) {
    waits.add(new Wait(new HashMap<>(ends), done));
  }

  /** Has the ends looked for, for those who have asked. */
  void takeAsked(KafkaConsumer<?, ?> consumer) {
    List<CompletableFuture<Void>> all = drain(asked);
    if (all.isEmpty()) {
      return;
    }
    if (admin.isEmpty()) {
      admin = Optional.of(settings.admin(name + "-ends"));
    }
    var _ =
        LogEnds.of(admin.get(), consumer.assignment(), isolation)
            .whenComplete((ends, failure) -> {
              if (failure == null) {
                all.forEach(done -> found.add(new Wait(new HashMap<>(ends), done)));
                wakeUp.run();
              } else {
                all.forEach(done -> done.completeExceptionally(failure));
              }
            });
  }

  /** Tells those whose ends are reached. */
  void complete(KafkaConsumer<?, ?> consumer) {
    waits.addAll(drain(found));
    for (Wait one : List.copyOf(waits)) {
      one.ends().entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      if (one.ends().isEmpty()) {
        waits.remove(one);
        one.done().complete(null);
      }
    }
  }

  /** Tells those who have asked that nothing is read any more. */
  void failAsked(Exception reason) {
    drain(asked).forEach(done -> done.completeExceptionally(reason));
  }

  /** Tells everybody, and ends. */
  void fail(Exception reason) {
    failAsked(reason);
    // Its thread, which finds the ends, has ended then.
    admin.ifPresent(client -> client.close(Duration.ZERO));
    waits.addAll(drain(found));
    waits.forEach(one -> one.done().completeExceptionally(reason));
  }

  private static <T> List<T> drain(Queue<T> queue) {
    List<T> all = new ArrayList<>();
    for (T one = queue.poll(); one != null; one = queue.poll()) {
      all.add(one);
    }
    return all;
  }
}
