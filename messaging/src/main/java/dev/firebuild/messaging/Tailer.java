package dev.firebuild.messaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all partitions of some topics, for this process alone (no consumer group), and knows when
 * it has read all there is. One thread calls the listener, in the order of each partition.
 *
 * <p>It stands on the plain client, not on Vert.x' stream: only the positions after each poll tell
 * whether everything is read, and control records show in nothing else.
 */
public final class Tailer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Tailer.class);
  private static final Duration IDLE = Duration.ofSeconds(5);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

  private final String name;
  private final Listener listener;
  private final KafkaConsumer<String, byte[]> consumer;
  private final List<Subscription> subscriptions;
  private final EndWaits waits;
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private final Thread thread;
  private volatile boolean closed;

  /** Where reading begins. */
  public sealed interface Start {
    /** The oldest record that is still there. */
    record Beginning() implements Start {}

    /** Only what comes from now on. */
    record End() implements Start {}

    /** So many records of each partition, and what comes. */
    record Latest(int records) implements Start {}

    /**
     * These offsets by partition; partitions that are not named begin at the oldest record. An
     * offset that is not there any more becomes the oldest one.
     */
    record At(Map<Integer, Long> offsets) implements Start {
      public At {
        offsets = Map.copyOf(offsets);
      }
    }
  }

  /** A topic and where reading begins in it. */
  public record Subscription(String topic, Start start) {
    public static Subscription fromBeginning(String topic) {
      return new Subscription(topic, new Start.Beginning());
    }

    /** The last {@code records} of each partition first. */
    public static Subscription latest(String topic, int records) {
      return new Subscription(topic, new Start.Latest(records));
    }

    public static Subscription fromEnd(String topic) {
      return new Subscription(topic, new Start.End());
    }
  }

  /** What is called with each record. What it throws is logged and the record is skipped. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Called before the first record of each partition, also of one that has none.
     *
     * @param offset where reading begins
     * @param oldest whether that is the oldest record that is still there
     * @param end the offset after the last record that is there by now
     */
    default void onBegin(TopicPartition partition, long offset, boolean oldest, long end) {}

    void onRecord(ConsumerRecord<String, byte[]> record);

    /** Called after each group of records that came together; never without any. */
    default void onBatchEnd() {}
  }

  private Tailer(
      KafkaSettings settings,
      String name,
      List<Subscription> subscriptions,
      IsolationLevel isolation,
      Listener listener) {
    this.name = name;
    this.listener = listener;
    this.subscriptions = List.copyOf(subscriptions);
    this.waits = new EndWaits(settings, name, isolation, this::wake);
    this.consumer =
        new KafkaConsumer<>(
            settings.with(
                name,
                Map.of(
                    "isolation.level", isolation.toString(),
                    "auto.offset.reset", "earliest",
                    "enable.auto.commit", "false",
                    // Records are answered with at once; the less often nothing is. But after a
                    // broker's restart partitions that come back later wait for this fetch.
                    "fetch.max.wait.ms", "1000",
                    "max.poll.records", "5000")),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  /**
   * Starts reading.
   *
   * @param name of the client and its thread
   * @param isolation {@code READ_COMMITTED} for the state topic, else {@code READ_UNCOMMITTED}
   */
  public static Tailer start(
      KafkaSettings settings,
      String name,
      List<Subscription> subscriptions,
      IsolationLevel isolation,
      Listener listener) {
    Tailer tailer = new Tailer(settings, name, subscriptions, isolation, listener);
    tailer.thread.start();
    return tailer;
  }

  /** Completes when all is read that was there at the start. */
  public CompletableFuture<Void> caughtUp() {
    return caughtUp;
  }

  /** Completes when all is read that is there now. */
  public CompletableFuture<Void> readToEnd() {
    CompletableFuture<Void> done = waits.ask();
    if (closed) {
      fail();
    } else {
      wake();
    }
    return done;
  }

  private void wake() {
    consumer.wakeup();
  }

  private void run() {
    try {
      boolean begun = false;
      while (!closed) {
        try {
          if (!begun) {
            begin();
            begun = true;
          }
          waits.takeAsked(consumer);
          waits.complete(consumer);
          deliver(consumer.poll(waits.isEmpty() ? IDLE : Duration.ofMillis(100)));
        } catch (WakeupException e) {
          // somebody asks for the end, or closes
        } catch (InterruptException e) {
          closed = true;
        } catch (KafkaException e) {
          log.atWarn()
              .addKeyValue("tailer", name)
              .addKeyValue("reason", e.toString())
              .log("reading failed and is tried again");
          pauseAfterFailure();
        } catch (Throwable e) {
          // An Error, too: others would go on with what they know, and never learn more.
          log.atError()
              .addKeyValue("tailer", name)
              .setCause(e)
              .log("reading failed, is tried again");
          pauseAfterFailure();
        }
      }
    } finally {
      closed = true;
      closeConsumer();
      fail();
    }
  }

  private void closeConsumer() {
    try {
      // There is nothing to commit or to leave; waiting for the last fetch has no use.
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    } catch (KafkaException e) {
      log.atWarn().addKeyValue("tailer", name).setCause(e).log("closing failed");
    }
  }

  private void begin() {
    List<TopicPartition> all = new ArrayList<>();
    for (Subscription subscription : subscriptions) {
      consumer
          .partitionsFor(subscription.topic())
          .forEach(p -> all.add(new TopicPartition(p.topic(), p.partition())));
    }
    consumer.assign(all);
    Map<TopicPartition, Long> oldest = consumer.beginningOffsets(all);
    Map<TopicPartition, Long> ends = consumer.endOffsets(all);
    for (Subscription subscription : subscriptions) {
      all.stream()
          .filter(partition -> partition.topic().equals(subscription.topic()))
          .forEach(partition ->
              begin(
                  partition,
                  subscription.start(),
                  oldest.getOrDefault(partition, 0L),
                  // the end as it was read: a later one could miss what is said meanwhile
                  ends.getOrDefault(partition, 0L)));
    }
    waits.add(ends, caughtUp);
  }

  private void begin(TopicPartition partition, Start start, long oldest, long end) {
    long wanted =
        switch (start) {
          case Start.Beginning() -> oldest;
          case Start.End() -> end;
          case Start.Latest(int records) -> end - records;
          case Start.At(Map<Integer, Long> offsets) ->
              offsets.getOrDefault(partition.partition(), oldest);
        };
    long offset = Math.max(wanted, oldest);
    consumer.seek(partition, offset);
    listener.onBegin(partition, offset, offset == oldest, end);
  }

  private void deliver(ConsumerRecords<String, byte[]> records) {
    for (ConsumerRecord<String, byte[]> record : records) {
      if (WarmUp.isWarmUp(record)) {
        continue;
      }
      try {
        listener.onRecord(record);
      } catch (RuntimeException | StackOverflowError e) {
        log.atError()
            .addKeyValue("tailer", name)
            .addKeyValue("topic", record.topic())
            .addKeyValue("partition", record.partition())
            .addKeyValue("offset", record.offset())
            .setCause(e)
            .log("a record cannot be handled and is skipped");
      }
    }
    if (!records.isEmpty()) {
      listener.onBatchEnd();
    }
  }

  private void pauseAfterFailure() {
    try {
      TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  private void fail() {
    IllegalStateException reason = new IllegalStateException("the tailer " + name + " is closed");
    if (thread.equals(Thread.currentThread())) {
      waits.fail(reason);
    } else {
      waits.failAsked(reason);
    }
    caughtUp.completeExceptionally(reason);
  }

  /** Ends reading; returns when the listener is called no more. */
  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    if (thread.equals(Thread.currentThread())) {
      return;
    }
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
