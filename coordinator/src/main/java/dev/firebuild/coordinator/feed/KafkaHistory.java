package dev.firebuild.coordinator.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** The event topic's history, read with a consumer per reading. */
public final class KafkaHistory implements History {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long BUFFERED_PER_PARTITION_BYTES = 128 * 1024;

  private final Supplier<Consumer<String, byte[]>> consumers;
  private final String topic;
  private final Function<ConsumerRecord<String, byte[]>, Optional<StoredEvent>> decoder;

  /** {@code consumers} opens one without a group; {@code decoder} skips what is no event. */
  public KafkaHistory(
      Supplier<Consumer<String, byte[]>> consumers,
      String topic,
      Function<ConsumerRecord<String, byte[]>, Optional<StoredEvent>> decoder) {
    this.consumers = consumers;
    this.topic = topic;
    this.decoder = decoder;
  }

  @Override
  public Position beginning(Position position) {
    return ask(
        position,
        consumer -> {
          TreeMap<Integer, Long> offsets = new TreeMap<>();
          consumer
              .beginningOffsets(partitions(position))
              .forEach((partition, offset) -> offsets.put(partition.partition(), offset));
          return new Position(offsets);
        });
  }

  @Override
  public Position at(Instant time, Position position) {
    return ask(
        position,
        consumer -> {
          Map<TopicPartition, Long> times = new HashMap<>();
          partitions(position).forEach(partition -> times.put(partition, time.toEpochMilli()));
          TreeMap<Integer, Long> offsets = new TreeMap<>();
          consumer
              .offsetsForTimes(times)
              .forEach((partition, found) ->
                  offsets.put(
                      partition.partition(),
                      // Nothing that late: go on with what comes.
                      found == null ? position.offset(partition.partition()) : found.offset()));
          return new Position(offsets);
        });
  }

  @Override
  public Reader open(Position from, Position to) {
    Consumer<String, byte[]> consumer = consumers.get();
    try {
      consumer.assign(partitions(from));
      from.next()
          .forEach((partition, offset) ->
              consumer.seek(new TopicPartition(topic, partition), offset.longValue()));
      return new KafkaReader(consumer, from, to);
    } catch (KafkaException e) {
      consumer.close();
      throw failure(e);
    }
  }

  private <T> T ask(Position position, Function<Consumer<String, byte[]>, T> question) {
    try (Consumer<String, byte[]> consumer = consumers.get()) {
      // The client complains about answers for partitions that are not its own.
      consumer.assign(partitions(position));
      return question.apply(consumer);
    } catch (KafkaException e) {
      throw failure(e);
    }
  }

  private List<TopicPartition> partitions(Position position) {
    return position.next().keySet().stream()
        .map(partition -> new TopicPartition(topic, partition))
        .toList();
  }

  private static HistoryException failure(Exception e) {
    return new HistoryException("reading events: Kafka does not answer: " + e.getMessage(), e);
  }

  /** Merges the partitions by time: what lies in several is shown in the order it happened. */
  private final class KafkaReader implements Reader {
    private final Consumer<String, byte[]> consumer;
    private final Map<Integer, Deque<StoredEvent>> buffers = new TreeMap<>();
    private final Position from;
    private final Position to;

    private KafkaReader(Consumer<String, byte[]> consumer, Position from, Position to) {
      this.consumer = consumer;
      this.from = from;
      this.to = to;
      from.next().keySet().forEach(partition -> buffers.put(partition, new ArrayDeque<>()));
    }

    @Override
    public List<StoredEvent> next() {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        List<StoredEvent> merged = merge();
        if (!merged.isEmpty()) {
          return merged;
        }
        if (buffers.keySet().stream().allMatch(this::isRead)) {
          return List.of();
        }
        if (System.nanoTime() > deadline) {
          throw new HistoryException(
              "reading events: Kafka sent nothing for " + PATIENCE.toSeconds() + " s",
              new KafkaException("timeout"));
        }
        if (fill()) {
          deadline = System.nanoTime() + PATIENCE.toNanos();
        }
      }
    }

    private List<StoredEvent> merge() {
      List<StoredEvent> merged = new ArrayList<>();
      long bytes = 0;
      while (bytes < EventStream.BATCH_BYTES
          && buffers.entrySet().stream()
              .allMatch(entry -> !entry.getValue().isEmpty() || isRead(entry.getKey()))) {
        Optional<Deque<StoredEvent>> oldest =
            buffers.values().stream()
                .filter(buffer -> !buffer.isEmpty())
                .min(Comparator.comparingLong(buffer -> buffer.getFirst().timestamp()));
        if (oldest.isEmpty()) {
          break;
        }
        StoredEvent next = oldest.get().removeFirst();
        merged.add(next);
        bytes += next.size();
      }
      return merged;
    }

    private boolean fill() {
      try {
        List<TopicPartition> full = new ArrayList<>();
        List<TopicPartition> open = new ArrayList<>();
        buffers.forEach((partition, buffer) ->
            (isFull(buffer) || isRead(partition) ? full : open)
                .add(new TopicPartition(topic, partition)));
        consumer.pause(full);
        consumer.resume(open);
        boolean progress = false;
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          progress = true;
          if (record.offset() < end(record.partition())) {
            decoder
                .apply(record)
                .ifPresent(event ->
                    buffers
                        .computeIfAbsent(record.partition(), _ -> new ArrayDeque<>())
                        .addLast(event));
          }
        }
        return progress;
      } catch (KafkaException e) {
        throw failure(e);
      }
    }

    private static boolean isFull(Deque<StoredEvent> buffer) {
      return buffer.stream().mapToLong(StoredEvent::size).sum() > BUFFERED_PER_PARTITION_BYTES;
    }

    private boolean isRead(int partition) {
      long end = end(partition);
      return from.offset(partition) >= end
          || consumer.position(new TopicPartition(topic, partition)) >= end;
    }

    private long end(int partition) {
      return to.offset(partition);
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
