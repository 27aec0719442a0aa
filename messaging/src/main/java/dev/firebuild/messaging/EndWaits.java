package dev.firebuild.messaging;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Those who wait until a consumer has read all there is. Any thread may {@link #ask} and {@link
 * #failAsked}; the rest is for the thread of the consumer.
 */
final class EndWaits {
  private final Queue<CompletableFuture<Void>> asked = new ConcurrentLinkedQueue<>();
  private final List<Wait> waits = new ArrayList<>();

  private record Wait(Map<TopicPartition, Long> ends, CompletableFuture<Void> done) {}

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

  /** Looks for the ends for those who have asked. */
  void takeAsked(KafkaConsumer<?, ?> consumer) {
    while (asked.peek() != null) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      CompletableFuture<Void> done = asked.poll();
      if (done != null) {
        add(ends, done);
      }
    }
  }

  /** Tells those whose ends are reached. */
  void complete(KafkaConsumer<?, ?> consumer) {
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
    for (CompletableFuture<Void> done = asked.poll(); done != null; done = asked.poll()) {
      done.completeExceptionally(reason);
    }
  }

  /** Tells everybody. */
  void fail(Exception reason) {
    failAsked(reason);
    waits.forEach(one -> one.done().completeExceptionally(reason));
  }
}
