package dev.firebuild.messaging;

import dev.firebuild.protocol.document.Document;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of an owner's clients, from joining the group to the first failure: reads inputs, has
 * them decided on, and writes the documents and the offsets of the inputs in one transaction. For
 * one thread.
 */
final class OwnerSession implements AutoCloseable, ConsumerRebalanceListener {
  private static final Logger log = LoggerFactory.getLogger(OwnerSession.class);

  private static final Duration POLL = Duration.ofMillis(100);

  /**
   * While nothing is urgent. A new share of the partitions shows after a poll only, so not more.
   */
  private static final Duration IDLE_POLL = Duration.ofMillis(250);

  private static final Duration LEAVE = Duration.ofSeconds(3);

  /** Inputs that write nothing are committed only so often; reading them again is harmless. */
  private static final Duration LAZY_COMMIT = Duration.ofSeconds(30);

  private final KafkaSettings settings;
  private final String id;
  private final OwnerLoop.Logic logic;
  private final CompletableFuture<Void> caughtUp;
  private final StateLoader loader;
  private final HangingTransactions hanging;
  private final KafkaConsumer<String, byte[]> consumer;
  private final KafkaProducer<String, byte[]> producer;
  private final Set<Integer> owned = new HashSet<>();
  private final Set<Integer> unloaded = new TreeSet<>();
  private final Map<TopicPartition, OffsetAndMetadata> consumed = new HashMap<>();

  /** Ends of inputs that were there when their partitions came, as far as they are not read. */
  private final Map<TopicPartition, Long> behind = new HashMap<>();

  private boolean joined;
  private long lastCommit = System.nanoTime();

  /**
   * Joins the group; throws if it cannot.
   *
   * @param caughtUp is completed when all inputs are decided on that were there at first
   */
  OwnerSession(
      KafkaSettings settings, String id, OwnerLoop.Logic logic, CompletableFuture<Void> caughtUp) {
    this.settings = settings;
    this.id = id;
    this.logic = logic;
    this.caughtUp = caughtUp;
    this.loader = new StateLoader(settings, id);
    this.hanging = new HangingTransactions(settings, id);
    this.producer = producer();
    try {
      producer.initTransactions();
      this.consumer = consumer();
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
    consumer.subscribe(List.of(settings.topics().events(), settings.topics().commands()), this);
  }

  void turn() {
    boolean idle = !owned.isEmpty() && logic.isIdle();
    decide(consumer.poll(idle ? IDLE_POLL : POLL));
    behind.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    if (joined && behind.isEmpty()) {
      caughtUp.complete(null);
    }
  }

  private void decide(ConsumerRecords<String, byte[]> polled) {
    load();
    consumed.putAll(polled.nextOffsets());
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>(polled.count());
    for (ConsumerRecord<String, byte[]> record : polled) {
      if (!WarmUp.isWarmUp(record)) {
        records.add(record);
      }
    }
    if (owned.isEmpty()) {
      return;
    }
    List<OwnerLoop.Write> writes = logic.decide(records);
    boolean lazy = !consumed.isEmpty() && System.nanoTime() - lastCommit > LAZY_COMMIT.toNanos();
    if (!writes.isEmpty() || lazy) {
      commit(writes);
    }
  }

  private void commit(List<OwnerLoop.Write> writes) {
    producer.beginTransaction();
    for (OwnerLoop.Write write : writes) {
      if (!owned.contains(write.partition())) {
        throw new IllegalStateException(
            "%s lies in partition %d, which is not owned"
                .formatted(write.key(), write.partition()));
      }
      var _ =
          producer.send(
              new ProducerRecord<>(
                  settings.topics().state(),
                  write.partition(),
                  write.key(),
                  write.value().orElse(null)));
    }
    producer.sendOffsetsToTransaction(offsets(), consumer.groupMetadata());
    producer.commitTransaction();
    consumed.clear();
    lastCommit = System.nanoTime();
    logic.committed(writes);
  }

  /** At least one, whatever was read: without any, a transaction would not be fenced. */
  private Map<TopicPartition, OffsetAndMetadata> offsets() {
    if (!consumed.isEmpty()) {
      return Map.copyOf(consumed);
    }
    TopicPartition any = consumer.assignment().iterator().next();
    return Map.of(any, new OffsetAndMetadata(consumer.position(any)));
  }

  private void load() {
    if (unloaded.isEmpty()) {
      return;
    }
    Set<Integer> partitions = Set.copyOf(unloaded);
    unloaded.clear();
    Set<TopicPartition> inputs =
        consumer.assignment().stream()
            .filter(p -> partitions.contains(p.partition()))
            .collect(Collectors.toSet());
    Set<TopicPartition> state =
        partitions.stream()
            .map(partition -> new TopicPartition(settings.topics().state(), partition))
            .collect(Collectors.toSet());
    Map<Integer, Collection<Document>> documents;
    try (Admin admin = settings.admin(id + "-owner-admin")) {
      hanging.end(admin, state);
      // Waits until the transaction of whoever had the partitions before is over.
      consumer.committed(inputs);
      behind.putAll(consumer.endOffsets(inputs));
      documents = loader.load(admin, state);
    }
    partitions.forEach(p -> logic.assigned(p, documents.getOrDefault(p, List.of())));
    owned.addAll(partitions);
    log.atInfo()
        .addKeyValue("owner", id)
        .addKeyValue("partitions", partitions.size())
        .log("the owner has partitions");
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    partitions.forEach(p -> unloaded.add(p.partition()));
    joined = true;
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    Set<Integer> gone = new TreeSet<>();
    partitions.forEach(p -> gone.add(p.partition()));
    owned.removeAll(gone);
    unloaded.removeAll(gone);
    consumed.keySet().removeIf(p -> gone.contains(p.partition()));
    behind.keySet().removeIf(p -> gone.contains(p.partition()));
    logic.revoked(gone);
  }

  @Override
  public void close() {
    Set<Integer> all = Set.copyOf(owned);
    owned.clear();
    logic.revoked(all);
    try {
      producer.close(LEAVE);
    } finally {
      consumer.close(
          CloseOptions.timeout(LEAVE)
              .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }
  }

  private KafkaConsumer<String, byte[]> consumer() {
    return new KafkaConsumer<>(
        settings.with(
            id + "-owner",
            Map.ofEntries(
                Map.entry("group.id", settings.topics().owners()),
                Map.entry("group.instance.id", id),
                Map.entry("group.protocol", "classic"),
                Map.entry(
                    "partition.assignment.strategy",
                    "org.apache.kafka.clients.consumer.RangeAssignor"),
                Map.entry("isolation.level", "read_committed"),
                Map.entry("auto.offset.reset", "earliest"),
                Map.entry("enable.auto.commit", "false"),
                Map.entry("session.timeout.ms", "6000"),
                Map.entry("heartbeat.interval.ms", "1000"),
                Map.entry("max.poll.records", "2000"))),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  private KafkaProducer<String, byte[]> producer() {
    return new KafkaProducer<>(
        settings.with(
            id + "-documents",
            Map.ofEntries(
                Map.entry("transactional.id", settings.topics().prefix() + "-owner-" + id),
                // A hung owner blocks readers of documents so long; nothing may outlive it.
                Map.entry("transaction.timeout.ms", "5000"),
                Map.entry("delivery.timeout.ms", "5000"),
                Map.entry("request.timeout.ms", "4500"),
                Map.entry("max.block.ms", "5000"),
                Map.entry("linger.ms", "0"),
                Map.entry("retry.backoff.ms", "5"),
                Map.entry("max.request.size", String.valueOf(settings.sizes().events())))),
        new StringSerializer(),
        new ByteArraySerializer());
  }
}
