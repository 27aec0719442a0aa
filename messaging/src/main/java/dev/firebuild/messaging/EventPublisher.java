package dev.firebuild.messaging;

import dev.firebuild.protocol.event.Event;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.producer.KafkaWriteStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records outside of transactions: events, requests, commands, dead letters. Records of one
 * key appear in the order of the calls. No call blocks; what is on its way is bounded in memory and
 * in time.
 */
public final class EventPublisher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventPublisher.class);

  /** All bytes on their way; beyond it, sending fails. The client's buffer holds as much. */
  private static final long LIMIT = 32L << 20;

  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final String topic;
  private final KafkaWriteStream<String, byte[]> stream;
  private final AtomicLong pending = new AtomicLong();

  private EventPublisher(String topic, KafkaWriteStream<String, byte[]> stream) {
    this.topic = topic;
    this.stream = stream;
  }

  /**
   * Opens a producer.
   *
   * @param clientId shows in the broker's log
   * @param patience how long a record may wait for a broker that is away before it fails
   */
  public static EventPublisher create(
      Vertx vertx, KafkaSettings settings, String clientId, Duration patience) {
    KafkaWriteStream<String, byte[]> stream =
        KafkaWriteStream.create(
            vertx,
            settings.with(
                clientId,
                Map.of(
                    "acks", "all",
                    "enable.idempotence", "true",
                    // Batches come from concurrency; the client's default of 5 ms is all latency.
                    "linger.ms", "0",
                    "batch.size", "131072",
                    "buffer.memory", String.valueOf(LIMIT),
                    "max.request.size", String.valueOf(settings.sizes().deadLetters()),
                    "max.block.ms", String.valueOf(Math.max(60_000, patience.toMillis())),
                    "request.timeout.ms", String.valueOf(Math.min(30_000, patience.toMillis())),
                    "delivery.timeout.ms", String.valueOf(patience.toMillis()))),
            new StringSerializer(),
            new ByteArraySerializer());
    return new EventPublisher(settings.topics().events(), stream);
  }

  /**
   * Sends {@code record}.
   *
   * @return completes when it is stored by all replicas; fails with a {@link PublishException}
   */
  public CompletableFuture<RecordMetadata> send(ProducerRecord<String, byte[]> record) {
    int size = record.value() == null ? 0 : record.value().length;
    CompletableFuture<RecordMetadata> result = new CompletableFuture<>();
    if (pending.addAndGet(size) > LIMIT) {
      pending.addAndGet(-size);
      return CompletableFuture.failedFuture(
          new PublishException(
              "cannot send to %s: %d MiB wait for Kafka already; is it reachable?"
                  .formatted(record.topic(), LIMIT >> 20)));
    }
    stream
        .send(record)
        .onComplete(sent -> {
          pending.addAndGet(-size);
          if (sent.succeeded()) {
            result.complete(sent.result());
          } else {
            result.completeExceptionally(
                new PublishException(
                    "cannot send to %s: %s".formatted(record.topic(), sent.cause().getMessage()),
                    sent.cause()));
          }
        });
    return result;
  }

  /** Sends {@code event} to the event topic. */
  public CompletableFuture<RecordMetadata> publish(Event event) {
    return send(EventCodec.encode(topic, event, Optional.empty()));
  }

  /** Sends what is on its way, for a bounded time, and ends. */
  @Override
  public void close() {
    try {
      stream
          .flush()
          .toCompletionStage()
          .toCompletableFuture()
          .get(CLOSE.toMillis(), TimeUnit.MILLISECONDS);
      stream
          .close(CLOSE.toMillis())
          .toCompletionStage()
          .toCompletableFuture()
          .get(2 * CLOSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.atWarn().setCause(e).log("closing the publisher failed; what was on its way may be lost");
      stream.close(0);
    }
  }
}
