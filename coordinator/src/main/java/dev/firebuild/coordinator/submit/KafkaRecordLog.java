package dev.firebuild.coordinator.submit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The one producer of a coordinator's requests and commands. */
public final class KafkaRecordLog implements RecordLog {
  private static final int REQUEST_TIMEOUT_MS = 3_000;
  private static final int DELIVERY_TIMEOUT_MS = 4_000;
  private static final int MAX_BLOCK_MS = 3_000;
  private static final int REQUEST_BYTES = 4 * 1024 * 1024;
  private static final Duration CLOSE = Duration.ofSeconds(2);

  private static final int COMPANY_MS = 5;
  private static final int COMPANY_BYTES = 256 * 1024;

  private final Map<String, Object> properties;
  private final Producer<byte[], byte[]> atOnce;

  /** Opened when it is needed first. */
  private Optional<Producer<byte[], byte[]>> inCompany = Optional.empty();

  /** {@code properties} say how to reach Kafka. */
  public KafkaRecordLog(Map<String, Object> properties) {
    this.properties = Map.copyOf(properties);
    // One request, one answer: waiting for company only delays it.
    this.atOnce = producer(Map.of(ProducerConfig.LINGER_MS_CONFIG, 0));
  }

  private Producer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
    all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, REQUEST_BYTES);
    all.putAll(more);
    return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private Producer<byte[], byte[]> producer(Pace pace) {
    return switch (pace) {
      case AT_ONCE -> atOnce;
      case IN_COMPANY -> inCompany();
    };
  }

  private synchronized Producer<byte[], byte[]> inCompany() {
    if (inCompany.isEmpty()) {
      inCompany =
          Optional.of(
              producer(
                  Map.of(
                      ProducerConfig.CLIENT_ID_CONFIG,
                      properties.getOrDefault(ProducerConfig.CLIENT_ID_CONFIG, "") + "-many",
                      ProducerConfig.LINGER_MS_CONFIG,
                      COMPANY_MS,
                      ProducerConfig.BATCH_SIZE_CONFIG,
                      COMPANY_BYTES)));
    }
    return inCompany.get();
  }

  @Override
  public CompletableFuture<Instant> send(String topic, String key, byte[] value, Pace pace) {
    CompletableFuture<Instant> sent = new CompletableFuture<>();
    try {
      var _ =
          producer(pace)
              .send(
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
    atOnce.close(CLOSE);
    synchronized (this) {
      inCompany.ifPresent(producer -> producer.close(CLOSE));
    }
  }
}
