package dev.firebuild.coordinator.submit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The one producer of a coordinator's requests and commands. */
public final class KafkaRecordLog implements RecordLog {
  private static final int REQUEST_TIMEOUT_MS = 4_000;
  private static final int DELIVERY_TIMEOUT_MS = 8_000;
  private static final int MAX_BLOCK_MS = 4_000;
  private static final int REQUEST_BYTES = 4 * 1024 * 1024;
  private static final Duration CLOSE = Duration.ofSeconds(2);

  private final Producer<byte[], byte[]> producer;

  /** {@code properties} say how to reach Kafka. */
  public KafkaRecordLog(Map<String, Object> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    // One request, one answer: waiting for company only delays it.
    all.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
    all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, REQUEST_BYTES);
    producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public CompletableFuture<Instant> send(String topic, String key, byte[] value) {
    CompletableFuture<Instant> sent = new CompletableFuture<>();
    try {
      var _ =
          producer.send(
              new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value),
              (place, failure) -> {
                if (failure == null) {
                  sent.complete(Instant.ofEpochMilli(place.timestamp()));
                } else {
                  sent.completeExceptionally(unavailable(topic, failure));
                }
              });
    } catch (KafkaException e) {
      sent.completeExceptionally(unavailable(topic, e));
    }
    return sent;
  }

  private static UnavailableException unavailable(String topic, Throwable cause) {
    return new UnavailableException(
        "appending to %s: Kafka did not confirm the record: %s"
            .formatted(topic, cause.getMessage()),
        cause);
  }

  @Override
  public void close() {
    producer.close(CLOSE);
  }
}
