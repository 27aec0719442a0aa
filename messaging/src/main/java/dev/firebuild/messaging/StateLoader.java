package dev.firebuild.messaging;

import dev.firebuild.protocol.document.Document;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads partitions of the state topic for a new owner: committed documents, up to the high
 * watermark. The end that readers of committed records see would not do: the marker that commits
 * the predecessor's last documents may arrive later than its offsets.
 */
final class StateLoader {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final KafkaSettings settings;
  private final String id;

  StateLoader(KafkaSettings settings, String id) {
    this.settings = settings;
    this.id = id;
  }

  /** The documents of {@code partitions} of the state topic, by the partition's number. */
  Map<Integer, Collection<Document>> load(Admin admin, Set<TopicPartition> partitions) {
    Map<TopicPartition, Long> ends = highWatermarks(admin, partitions);
    Map<Integer, Map<String, Document>> documents = new HashMap<>();
    try (KafkaConsumer<String, byte[]> consumer = consumer()) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (!ends.isEmpty()) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> take(record, documents));
        ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
        if (System.nanoTime() > deadline) {
          throw new KafkaException("the documents could not be read within " + LIMIT);
        }
      }
    }
    return documents.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().values()));
  }

  private static void take(
      ConsumerRecord<String, byte[]> record, Map<Integer, Map<String, Document>> documents) {
    if (record.key() == null) {
      return;
    }
    Map<String, Document> own =
        documents.computeIfAbsent(record.partition(), _ -> new LinkedHashMap<>());
    if (record.value() == null) {
      own.remove(record.key());
    } else {
      DocumentCodec.decode(record.key(), record.value())
          .ifPresent(document -> own.put(record.key(), document));
    }
  }

  private static Map<TopicPartition, Long> highWatermarks(
      Admin admin, Set<TopicPartition> partitions) {
    try {
      return LogEnds.of(admin, partitions, IsolationLevel.READ_UNCOMMITTED)
          .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException("cannot ask for the end of the documents", e);
    }
  }

  private KafkaConsumer<String, byte[]> consumer() {
    return new KafkaConsumer<>(
        settings.with(
            id + "-loader",
            Map.of(
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "max.poll.records", "5000",
                // The last fetch of a load finds nothing: it must not wait for more.
                "fetch.max.wait.ms", "10")),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }
}
