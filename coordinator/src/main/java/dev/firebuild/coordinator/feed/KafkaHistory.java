package dev.firebuild.coordinator.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The event topic's history. However many read it, few consumers do: each page is read by the one
 * that stands where the page begins, else by the one that was not used for longest, which goes
 * there. A reader that is slow, or has gone away, keeps nothing.
 */
public final class KafkaHistory implements History, AutoCloseable {
  private static final int CURSORS = 4;

  /** So long a reader waits for its turn at least. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Supplier<Consumer<String, byte[]>> consumers;
  private final String topic;
  private final Function<ConsumerRecord<String, byte[]>, Optional<StoredEvent>> decoder;
  private final Semaphore turns = new Semaphore(CURSORS, true);

  /** Those that nobody uses; the first one was not used for longest. */
  private final List<HistoryCursor> parked = new ArrayList<>();

  private int used;
  private boolean closed;

  /** Whether Kafka did not answer the last time. */
  private volatile boolean failing;

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
  public Position beginning(Position position) throws InterruptedException {
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
  public Position at(Instant time, Position position) throws InterruptedException {
    return ask(
        position,
        consumer -> {
          // Kafka takes no times before its own.
          long millis = Math.max(0, time.toEpochMilli());
          Map<TopicPartition, Long> times = new HashMap<>();
          partitions(position).forEach(partition -> times.put(partition, millis));
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
  public Page read(Position from, Position to) throws InterruptedException {
    awaitTurn();
    try {
      HistoryCursor cursor = take(from);
      Optional<Page> page = Optional.empty();
      try {
        if (!cursor.position().equals(from)) {
          cursor.moveTo(from);
        }
        page = Optional.of(cursor.read(to));
        failing = false;
        return page.get();
      } finally {
        giveBack(cursor, page.filter(read -> !read.next().equals(read.next().atLeast(to))));
      }
    } catch (KafkaException e) {
      throw failure(e);
    } finally {
      turns.release();
    }
  }

  private HistoryCursor take(Position from) {
    Optional<HistoryCursor> found = parkedFor(from);
    if (found.isPresent()) {
      return found.get();
    }
    Consumer<String, byte[]> consumer = consumers.get();
    try {
      HistoryCursor opened = new HistoryCursor(consumer, topic, decoder, from);
      synchronized (this) {
        used++;
      }
      return opened;
    } catch (KafkaException e) {
      consumer.close();
      throw e;
    }
  }

  private synchronized Optional<HistoryCursor> parkedFor(Position from) {
    Optional<HistoryCursor> found =
        parked.stream()
            .filter(cursor -> cursor.position().equals(from))
            .findFirst()
            .or(() ->
                used + parked.size() < CURSORS ? Optional.empty() : parked.stream().findFirst());
    found.ifPresent(cursor -> {
      parked.remove(cursor);
      used++;
    });
    return found;
  }

  /** {@code more}: a page after which there is more to read; else nobody goes on there. */
  private void giveBack(HistoryCursor cursor, Optional<Page> more) {
    synchronized (this) {
      used--;
      if (more.isPresent() && !closed) {
        parked.add(cursor);
        return;
      }
    }
    cursor.close();
  }

  private Position ask(Position position, Function<Consumer<String, byte[]>, Position> question)
      throws InterruptedException {
    awaitTurn();
    try (Consumer<String, byte[]> consumer = consumers.get()) {
      // The client complains about answers for partitions that are not its own.
      consumer.assign(partitions(position));
      Position answer = question.apply(consumer);
      failing = false;
      return answer;
    } catch (KafkaException e) {
      throw failure(e);
    } finally {
      turns.release();
    }
  }

  private List<TopicPartition> partitions(Position position) {
    return position.next().keySet().stream()
        .map(partition -> new TopicPartition(topic, partition))
        .toList();
  }

  /** Who comes while Kafka is away need not wait until all before have found that out. */
  private void awaitTurn() throws InterruptedException {
    while (!turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      if (failing) {
        throw new HistoryException("reading events: Kafka does not answer");
      }
    }
  }

  private HistoryException failure(Exception e) {
    failing = true;
    return new HistoryException("reading events: Kafka does not answer: " + e.getMessage(), e);
  }

  /** What is being read is read to the end of its page. */
  @Override
  public void close() {
    List<HistoryCursor> idle;
    synchronized (this) {
      closed = true;
      idle = List.copyOf(parked);
      parked.clear();
    }
    idle.forEach(HistoryCursor::close);
  }
}
