package dev.firebuild.recordcheck;

import dev.firebuild.protocol.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** All topics of an installation, from their beginning to where they end now. */
public final class WholeLog {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private WholeLog() {}

  /**
   * Checks every record that is there and throws if one is wrong.
   *
   * @param client properties of a Kafka client
   * @return how many there are
   */
  public static long requireClean(Map<String, String> client, Topics topics) {
    Map<String, Object> properties = new HashMap<>(client);
    properties.putAll(
        Map.of(
            "isolation.level",
            "read_committed",
            "enable.auto.commit",
            false,
            "fetch.max.wait.ms",
            50));
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
      Set<TopicPartition> partitions = partitions(consumer, topics);
      int many =
          (int) partitions.stream().filter(one -> one.topic().equals(topics.events())).count();
      RecordCheck check = new RecordCheck(topics, many);
      read(consumer, partitions, check::see);
      check.requireClean();
      return check.seen();
    }
  }

  private static Set<TopicPartition> partitions(
      KafkaConsumer<String, byte[]> consumer, Topics topics) {
    Set<TopicPartition> all = new HashSet<>();
    for (String topic :
        List.of(
            topics.buildRequests(),
            topics.runRequests(),
            topics.commands(),
            topics.events(),
            topics.state(),
            topics.deadLetters())) {
      consumer
          .partitionsFor(topic)
          .forEach(one -> all.add(new TopicPartition(topic, one.partition())));
    }
    return all;
  }

  private static void read(
      KafkaConsumer<String, byte[]> consumer,
      Set<TopicPartition> partitions,
      Consumer<ConsumerRecord<String, byte[]>> reader) {
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!ends.isEmpty()) {
      consumer.poll(Duration.ofMillis(100)).forEach(reader);
      ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the log could not be read to its end: " + ends);
      }
    }
  }
}
