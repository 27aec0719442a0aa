package dev.firebuild.coordinator.owner.kafka;

import dev.firebuild.coordinator.owner.Input;
import dev.firebuild.coordinator.owner.OwnerLogic;
import dev.firebuild.coordinator.owner.Write;
import dev.firebuild.messaging.DeadLetters;
import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.OwnerLoop;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.request.Command;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the records that the owner decides on.
 *
 * @param bury sends a command that nobody can do to the dead letters; twice, if it is read twice
 */
record RecordLogic(
    Topics topics,
    OwnerLogic owner,
    Function<ProducerRecord<String, byte[]>, CompletableFuture<?>> bury)
    implements OwnerLoop.Logic {
  private static final Logger log = LoggerFactory.getLogger(RecordLogic.class);
  private static final Duration BURIAL = Duration.ofSeconds(5);

  /** Output decides nothing, and is most of what is said: it is not even parsed. */
  private static final Set<String> OUTPUT =
      Set.of(EventType.BUILD_LOG.type(), EventType.VM_LOG.type());

  @Override
  public void assigned(int partition, Collection<Document> documents) {
    owner.assigned(partition, documents);
  }

  @Override
  public void revoked(Set<Integer> partitions) {
    owner.revoked(partitions);
  }

  @Override
  public List<OwnerLoop.Write> decide(List<ConsumerRecord<String, byte[]>> records) {
    List<Input> inputs = new ArrayList<>(records.size());
    List<CompletableFuture<?>> letters = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      try {
        read(record, letters).ifPresent(inputs::add);
      } catch (RuntimeException e) {
        // It would come back to every owner, one after the other: none may fall over it.
        log.atError()
            .addKeyValue("topic", record.topic())
            .addKeyValue("partition", record.partition())
            .addKeyValue("offset", record.offset())
            .setCause(e)
            .log("an input cannot be read and is skipped");
      }
    }
    awaitBurial(letters);
    return owner.decide(inputs).stream()
        .map(write ->
            new OwnerLoop.Write(write.partition(), write.key(), write.document(), write.value()))
        .toList();
  }

  /** Before the commands are passed: nobody reads them again then. */
  private static void awaitBurial(List<CompletableFuture<?>> letters) {
    try {
      CompletableFuture.allOf(letters.toArray(CompletableFuture[]::new))
          .get(BURIAL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException("malformed commands cannot go to the dead letters", e);
    }
  }

  private Optional<Input> read(
      ConsumerRecord<String, byte[]> record, List<CompletableFuture<?>> letters) {
    Instant at = Instant.ofEpochMilli(record.timestamp());
    if (!record.topic().equals(topics.events())) {
      return command(record, at, letters);
    }
    return EventCodec.typeOf(record).filter(OUTPUT::contains).isPresent()
        ? Optional.empty()
        : EventCodec.decode(record).map(event -> new Input.Told(event, at));
  }

  private Optional<Input> command(
      ConsumerRecord<String, byte[]> record, Instant at, List<CompletableFuture<?>> letters) {
    String subject = record.key();
    try {
      if (subject == null || subject.isEmpty()) {
        throw new IllegalArgumentException(
            "the command has no key; it is the id of the build or VM that is meant");
      }
      if (record.value() == null || record.value().length == 0) {
        throw new IllegalArgumentException("the record is empty; expected a JSON object");
      }
      return Optional.of(
          new Input.Commanded(subject, Json.read(record.value(), Command.class), at));
    } catch (IllegalArgumentException e) {
      log.atWarn()
          .addKeyValue("partition", record.partition())
          .addKeyValue("offset", record.offset())
          .addKeyValue("reason", e.getMessage())
          .log("a malformed command goes to the dead letters");
      letters.add(
          bury.apply(DeadLetters.of(topics.deadLetters(), record, String.valueOf(e.getMessage()))));
      return Optional.empty();
    }
  }

  @Override
  public void committed(List<OwnerLoop.Write> writes) {
    owner.committed(
        writes.stream()
            .map(
                write -> new Write(write.partition(), write.key(), write.document(), write.value()))
            .toList());
  }

  @Override
  public boolean isIdle() {
    return owner.isIdle();
  }
}
