package dev.firebuild.coordinator.feed;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * A consumer at a place of the event topic, with what it has fetched beyond. Merges the partitions
 * by time: what lies in several is shown in the order it happened. Not thread-safe.
 */
final class HistoryCursor implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long BUFFERED_PER_PARTITION_BYTES = 128 * 1024;

  private final Consumer<String, byte[]> consumer;
  private final String topic;
  private final Function<ConsumerRecord<String, byte[]>, Optional<StoredEvent>> decoder;
  private final Map<Integer, Deque<StoredEvent>> buffers = new TreeMap<>();
  private Position position;

  /** Takes {@code consumer} over, which is at {@code position} then. */
  HistoryCursor(
      Consumer<String, byte[]> consumer,
      String topic,
      Function<ConsumerRecord<String, byte[]>, Optional<StoredEvent>> decoder,
      Position position) {
    this.consumer = consumer;
    this.topic = topic;
    this.decoder = decoder;
    this.position = position;
    seek();
  }

  /** The place after what was read last. */
  Position position() {
    return position;
  }

  /** Goes to another place and forgets what it has fetched. */
  void moveTo(Position place) {
    position = place;
    seek();
  }

  private void seek() {
    buffers.clear();
    consumer.assign(position.next().keySet().stream().map(this::partition).toList());
    position
        .next()
        .forEach((partition, offset) -> {
          buffers.put(partition, new ArrayDeque<>());
          consumer.seek(partition(partition), offset.longValue());
        });
  }

  /** The next events before {@code to}, about {@link EventStream#BATCH_BYTES} of them. */
  History.Page read(Position to) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      List<StoredEvent> merged = merge(to);
      if (!merged.isEmpty() || buffers.keySet().stream().allMatch(one -> isRead(one, to))) {
        pass(merged, to);
        return new History.Page(merged, position);
      }
      if (System.nanoTime() > deadline) {
        throw new KafkaException("it sent nothing for " + PATIENCE.toSeconds() + " s");
      }
      if (fill(to)) {
        deadline = System.nanoTime() + PATIENCE.toNanos();
      }
    }
  }

  private List<StoredEvent> merge(Position to) {
    List<StoredEvent> merged = new ArrayList<>();
    long bytes = 0;
    while (bytes < EventStream.BATCH_BYTES
        && buffers.entrySet().stream()
            .allMatch(entry -> !entry.getValue().isEmpty() || isRead(entry.getKey(), to))) {
      Optional<Deque<StoredEvent>> oldest =
          buffers.entrySet().stream()
              .filter(entry -> !isRead(entry.getKey(), to))
              .map(Map.Entry::getValue)
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

  private void pass(List<StoredEvent> events, Position to) {
    TreeMap<Integer, Long> next = new TreeMap<>(position.next());
    events.forEach(event -> next.put(event.partition(), event.offset() + 1));
    next.replaceAll((partition, offset) ->
        isRead(partition, to) ? Math.max(offset, to.offset(partition)) : offset);
    position = new Position(next);
  }

  private boolean fill(Position to) {
    List<TopicPartition> full = new ArrayList<>();
    List<TopicPartition> open = new ArrayList<>();
    buffers.forEach((number, buffer) ->
        (isFull(buffer) || isRead(number, to) ? full : open).add(partition(number)));
    consumer.pause(full);
    consumer.resume(open);
    boolean progress = false;
    for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
      progress = true;
      decoder
          .apply(record)
          .ifPresent(event ->
              buffers.computeIfAbsent(record.partition(), _ -> new ArrayDeque<>()).addLast(event));
    }
    return progress;
  }

  private static boolean isFull(Deque<StoredEvent> buffer) {
    return buffer.stream().mapToLong(StoredEvent::size).sum() > BUFFERED_PER_PARTITION_BYTES;
  }

  /** Whether no event before {@code to} is left in {@code number}. */
  private boolean isRead(int number, Position to) {
    long end = to.offset(number);
    if (position.offset(number) >= end) {
      return true;
    }
    Deque<StoredEvent> buffer = buffers.getOrDefault(number, new ArrayDeque<>());
    return buffer.isEmpty()
        ? consumer.position(partition(number)) >= end
        : buffer.getFirst().offset() >= end;
  }

  private TopicPartition partition(int number) {
    return new TopicPartition(topic, number);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
