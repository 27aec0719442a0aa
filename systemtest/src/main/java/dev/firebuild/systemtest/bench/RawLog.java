package dev.firebuild.systemtest.bench;

import dev.firebuild.messaging.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The floor: a topic of one partition, a producer as firebuild's, and a consumer that always polls.
 */
final class RawLog implements AutoCloseable {
  /** Records are sent as soon as they come. */
  static final int AT_ONCE = 0;

  private static final String TOPIC = "bench.raw";

  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread poller;

  /**
   * @param lingerMillis how long the producer collects records
   * @param onRecord called by the polling thread
   */
  RawLog(KafkaSettings kafka, int lingerMillis, Consumer<ConsumerRecord<byte[], byte[]>> onRecord)
      throws ExecutionException, InterruptedException {
    try (Admin admin = kafka.admin("bench-admin")) {
      if (!admin.listTopics().names().get().contains(TOPIC)) {
        admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
      }
    }
    Map<String, Object> properties = new HashMap<>(kafka.client());
    properties.put("enable.metrics.push", "false");
    this.producer =
        new KafkaProducer<>(
            with(
                properties,
                Map.of(
                    "client.id",
                    "bench-raw-producer",
                    "acks",
                    "all",
                    "linger.ms",
                    String.valueOf(lingerMillis),
                    "batch.size",
                    "131072")),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.consumer =
        new KafkaConsumer<>(
            with(properties, Map.of("client.id", "bench-raw-consumer", "max.poll.records", "5000")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    TopicPartition partition = new TopicPartition(TOPIC, 0);
    consumer.assign(List.of(partition));
    consumer.seekToEnd(List.of(partition));
    // Settled before the first record is sent.
    long _ = consumer.position(partition);
    this.poller = Thread.ofPlatform().daemon().name("bench-raw").start(() -> poll(onRecord));
  }

  private static Map<String, Object> with(Map<String, Object> some, Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(some);
    all.putAll(more);
    return all;
  }

  private void poll(Consumer<ConsumerRecord<byte[], byte[]>> onRecord) {
    try (consumer) {
      while (true) {
        consumer.poll(Duration.ofSeconds(1)).forEach(onRecord);
      }
    } catch (WakeupException e) {
      // Closed.
    }
  }

  /** Hands {@code value} over. */
  void send(byte[] value) {
    var _ = producer.send(new ProducerRecord<>(TOPIC, value));
  }

  /** Returns when {@code value} is stored. */
  void sendAndWait(byte[] value) throws ExecutionException, InterruptedException {
    var _ = producer.send(new ProducerRecord<>(TOPIC, value)).get();
  }

  void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
    consumer.wakeup();
    try {
      poller.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
