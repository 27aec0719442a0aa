package dev.firebuild.coordinator.feed;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** The dead-letter topic, read where a letter lies. */
public final class KafkaLetters implements Letters {
  private static final Pattern PLACE = Pattern.compile("(\\d{1,9})-(\\d{1,18})");
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Supplier<Consumer<String, byte[]>> consumers;
  private final String topic;

  /** {@code consumers} opens one without a group. */
  public KafkaLetters(Supplier<Consumer<String, byte[]>> consumers, String topic) {
    this.consumers = consumers;
    this.topic = topic;
  }

  @Override
  public Optional<byte[]> value(String id) {
    Matcher place = PLACE.matcher(id);
    if (!place.matches()) {
      return Optional.empty();
    }
    long offset = Long.parseLong(place.group(2));
    try (Consumer<String, byte[]> consumer = consumers.get()) {
      TopicPartition partition = new TopicPartition(topic, Integer.parseInt(place.group(1)));
      consumer.assign(List.of(partition));
      if (offset < consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L)
          || offset >= consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L)) {
        return Optional.empty();
      }
      consumer.seek(partition, offset);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (System.nanoTime() < deadline) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          return Optional.ofNullable(record.value()).filter(_ -> record.offset() == offset);
        }
      }
      throw new History.HistoryException(
          "reading the dead letter %s: Kafka gives nothing for %d s"
              .formatted(id, PATIENCE.toSeconds()),
          new TimeoutException("no record came"));
    } catch (KafkaException e) {
      throw new History.HistoryException(
          "reading the dead letter %s: Kafka does not answer: %s".formatted(id, e.getMessage()), e);
    }
  }
}
