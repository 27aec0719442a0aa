package dev.firebuild.systemtest.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.OwnerLoop;
import dev.firebuild.messaging.Partitions;
import dev.firebuild.messaging.Tailer;
import dev.firebuild.messaging.TopicAdmin;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.systemtest.harness.FreePorts;
import dev.firebuild.systemtest.harness.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A transaction that lies open in a partition, of which its coordinator in the broker knows
 * nothing.
 */
@Tag("real")
@Timeout(180)
class HangingTransactionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String DEAD_OWNER = "firebuild-owner-c1";
  private static final KernelDocument KERNEL =
      new KernelDocument(
          "k", Digest.of(new byte[] {1}), "b1", "w1", Instant.ofEpochSecond(1_700_000_000));

  @TempDir Path folder;

  @Test
  void nextOwnerEndsItAndItsDocumentsAreRead() throws Exception {
    // Given one in the partition of a document
    try (BrokerProcess broker = brokerThatForgotATransaction()) {
      KafkaSettings settings = settings(broker);
      TopicPartition partition = stateOf(settings);
      try (Admin admin = settings.admin("test")) {
        assertThat(isOpen(admin, partition)).isTrue();
        assertThat(stateOfDeadOwner(admin)).isEqualTo(TransactionState.EMPTY);

        // When another owner takes the partition over
        OwnerLoop owner = new OwnerLoop(settings, "c2", new WritesOnce(partition.partition()));
        owner.start();

        // Then what it writes is read, and what was never committed is not
        List<String> read = new CopyOnWriteArrayList<>();
        try (Tailer reader = committed(settings, read)) {
          await().atMost(PATIENCE).until(() -> read.contains(KERNEL.key()));
          reader.readToEnd().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } finally {
          owner.close();
        }
        assertThat(read).containsExactly(KERNEL.key());
        assertThat(isOpen(admin, partition)).isFalse();
      }
    }
  }

  /**
   * Kills a broker within a transaction and gives it the memory of transactions that it had before:
   * what was seen now and then of Kafka 4.3.1, forced.
   */
  private BrokerProcess brokerThatForgotATransaction() throws Exception {
    int port = FreePorts.one();
    Path memory = folder.resolve("data").resolve("__transaction_state-0");
    Path before = folder.resolve("before");
    BrokerProcess broker = TestBroker.in(folder, port);
    TopicAdmin.ensure(settings(broker));
    KafkaProducer<String, byte[]> dead = deadOwner(settings(broker));
    try {
      dead.initTransactions();
      broker.kill();
      copy(memory, before);
      broker = TestBroker.in(folder, port);
      dead.beginTransaction();
      TopicPartition partition = stateOf(settings(broker));
      dead.send(
              new ProducerRecord<>(
                  partition.topic(), partition.partition(), "kernel/never", new byte[] {'{', '}'}))
          .get();
      broker.kill();
    } finally {
      // In an orderly way it would wait for the broker, and end its transaction.
      dead.close(Duration.ZERO);
    }
    try (var files = Files.list(memory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    copy(before, memory);
    return TestBroker.in(folder, port);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static KafkaSettings settings(BrokerProcess broker) {
    return KafkaSettings.of(broker.access().clientProperties());
  }

  private static TopicPartition stateOf(KafkaSettings settings) {
    return new TopicPartition(
        settings.topics().state(), Partitions.of(KERNEL.name(), settings.partitions()));
  }

  private static boolean isOpen(Admin admin, TopicPartition partition) throws Exception {
    return admin
        .describeProducers(Set.of(partition))
        .partitionResult(partition)
        .get()
        .activeProducers()
        .stream()
        .anyMatch(producer -> producer.currentTransactionStartOffset().isPresent());
  }

  private static TransactionState stateOfDeadOwner(Admin admin) throws Exception {
    return admin.describeTransactions(Set.of(DEAD_OWNER)).description(DEAD_OWNER).get().state();
  }

  private static KafkaProducer<String, byte[]> deadOwner(KafkaSettings settings) {
    Map<String, Object> properties = new HashMap<>(settings.client());
    properties.put("transactional.id", DEAD_OWNER);
    // Longer than the test: no time-out ends the transaction.
    properties.put("transaction.timeout.ms", "600000");
    return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  private static Tailer committed(KafkaSettings settings, List<String> keys) {
    return Tailer.start(
        settings,
        "reader",
        List.of(Tailer.Subscription.fromBeginning(settings.topics().state())),
        IsolationLevel.READ_COMMITTED,
        record -> keys.add(record.key()));
  }

  /** Writes one document, as soon as it has its partition. */
  private static final class WritesOnce implements OwnerLoop.Logic {
    private final int wanted;
    private final List<OwnerLoop.Write> todo = new ArrayList<>();

    WritesOnce(int wanted) {
      this.wanted = wanted;
    }

    @Override
    public void assigned(int partition, Collection<Document> documents) {
      if (partition == wanted) {
        todo.add(OwnerLoop.Write.of(partition, KERNEL));
      }
    }

    @Override
    public void revoked(Set<Integer> partitions) {}

    @Override
    public List<OwnerLoop.Write> decide(List<ConsumerRecord<String, byte[]>> records) {
      List<OwnerLoop.Write> now = List.copyOf(todo);
      todo.clear();
      return now;
    }

    @Override
    public boolean isIdle() {
      return todo.isEmpty();
    }

    @Override
    public void committed(List<OwnerLoop.Write> writes) {}
  }
}
