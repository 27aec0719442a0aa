package dev.firebuild.messaging;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one request at a time from a share group. For the thread of one slot alone; only {@link
 * #wakeup} may come from outside.
 *
 * <p>A consumer that stays open without polling goes on fetching and swallows records: so a slot
 * that is not free must {@link #pause}, which closes the client.
 */
public final class HandOutConsumer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HandOutConsumer.class);
  private static final Duration COMMIT = Duration.ofSeconds(5);
  private static final Duration CLOSE = Duration.ofSeconds(2);

  /** With a record in hand only that record comes back from a poll, at once. */
  private static final Duration RENEWED = Duration.ofMillis(500);

  private final Map<String, Object> properties;
  private final String topic;
  private volatile @Nullable KafkaShareConsumer<String, byte[]> consumer;
  private @Nullable ConsumerRecord<String, byte[]> held;

  public HandOutConsumer(KafkaSettings settings, String topic, String group, String clientId) {
    this.topic = topic;
    this.properties =
        settings.with(
            clientId,
            Map.of(
                "group.id", group,
                "share.acknowledgement.mode", "explicit",
                "share.acquire.mode", "record_limit",
                "max.poll.records", "1",
                // Each free slot asks again so often. A killed process' last fetch lies at the
                // broker no longer than it takes to start another.
                "fetch.max.wait.ms", "1000"));
  }

  /**
   * Waits for a request, which is then held: {@link #accept}, {@link #release} or {@link #pause}
   * must follow before the next one.
   *
   * @return empty after {@code patience}, or after {@link #wakeup}
   * @throws KafkaException if the client is unusable; the next call opens a new one
   */
  public Optional<ConsumerRecord<String, byte[]>> take(Duration patience) {
    if (held != null) {
      throw new IllegalStateException("a request is held already");
    }
    KafkaShareConsumer<String, byte[]> open = open();
    try {
      ConsumerRecords<String, byte[]> records = open.poll(patience);
      Iterator<ConsumerRecord<String, byte[]>> iterator = records.iterator();
      if (!iterator.hasNext()) {
        return Optional.empty();
      }
      ConsumerRecord<String, byte[]> record = iterator.next();
      if (WarmUp.isWarmUp(record)) {
        held = record;
        accept();
        return Optional.empty();
      }
      held = record;
      return Optional.of(record);
    } catch (WakeupException e) {
      return Optional.empty();
    } catch (KafkaException e) {
      pause();
      throw e;
    }
  }

  /**
   * Keeps the held request for another lock duration.
   *
   * @return whether it is still held; if not, another worker may have it
   */
  public boolean renew() {
    ConsumerRecord<String, byte[]> record = held;
    KafkaShareConsumer<String, byte[]> open = consumer;
    if (record == null || open == null) {
      return false;
    }
    if (!acknowledge(AcknowledgeType.RENEW)) {
      return false;
    }
    try {
      // The same record again: only then may it be acknowledged a second time.
      for (ConsumerRecord<String, byte[]> again : open.poll(RENEWED)) {
        if (again.offset() == record.offset() && again.partition() == record.partition()) {
          held = again;
          return true;
        }
      }
    } catch (WakeupException e) {
      log.atDebug().log("woken while renewing");
    } catch (KafkaException e) {
      log.atWarn().addKeyValue("reason", e.toString()).log("renewing failed");
    }
    pause();
    return false;
  }

  /**
   * The held request is done with: nobody gets it again.
   *
   * @return false if it was not held any more; it may then be handed out again, which is harmless
   */
  public boolean accept() {
    return settle(AcknowledgeType.ACCEPT);
  }

  /** Gives the held request back: another worker gets it at once. */
  public boolean release() {
    return settle(AcknowledgeType.RELEASE);
  }

  private boolean settle(AcknowledgeType type) {
    if (held == null) {
      return false;
    }
    boolean done = acknowledge(type);
    held = null;
    return done;
  }

  private boolean acknowledge(AcknowledgeType type) {
    ConsumerRecord<String, byte[]> record = held;
    KafkaShareConsumer<String, byte[]> open = consumer;
    if (record == null || open == null) {
      return false;
    }
    try {
      open.acknowledge(record, type);
      Map<TopicIdPartition, Optional<KafkaException>> results = open.commitSync(COMMIT);
      // It does not throw for a lost lock.
      Optional<KafkaException> failure =
          results.values().stream().flatMap(Optional::stream).findFirst();
      if (failure.isPresent()) {
        return lost(type, failure.get());
      }
      return true;
    } catch (KafkaException | IllegalStateException e) {
      return lost(type, e);
    }
  }

  private boolean lost(AcknowledgeType type, Exception reason) {
    log.atInfo()
        .addKeyValue("topic", topic)
        .addKeyValue("acknowledgement", type)
        .addKeyValue("reason", reason.toString())
        .log("a request is not held any more");
    pause();
    return false;
  }

  /** Takes no more requests until the next {@link #take}; what is held goes back. */
  public void pause() {
    held = null;
    KafkaShareConsumer<String, byte[]> open = consumer;
    consumer = null;
    if (open != null) {
      try {
        open.close(CLOSE);
      } catch (KafkaException e) {
        log.atDebug().addKeyValue("reason", e.toString()).log("closing a consumer failed");
      }
    }
  }

  private KafkaShareConsumer<String, byte[]> open() {
    KafkaShareConsumer<String, byte[]> open = consumer;
    if (open == null) {
      open =
          new KafkaShareConsumer<>(
              properties, new StringDeserializer(), new ByteArrayDeserializer());
      open.subscribe(List.of(topic));
      consumer = open;
    }
    return open;
  }

  /** Ends a {@link #take} that waits; may be called by any thread. */
  public void wakeup() {
    KafkaShareConsumer<String, byte[]> open = consumer;
    if (open != null) {
      open.wakeup();
    }
  }

  @Override
  public void close() {
    pause();
  }
}
