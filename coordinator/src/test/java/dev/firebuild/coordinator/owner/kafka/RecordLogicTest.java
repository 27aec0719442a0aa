package dev.firebuild.coordinator.owner.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.coordinator.owner.Announcer;
import dev.firebuild.coordinator.owner.Cluster;
import dev.firebuild.coordinator.owner.Documents;
import dev.firebuild.coordinator.owner.Liveness;
import dev.firebuild.coordinator.owner.NoQueues;
import dev.firebuild.coordinator.owner.Outbox;
import dev.firebuild.coordinator.owner.OwnerLogic;
import dev.firebuild.coordinator.owner.Surroundings;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.decision.Rules;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class RecordLogicTest {
  private static final Instant AT = Instant.ofEpochSecond(1000);

  private final List<ProducerRecord<String, byte[]>> buried = new ArrayList<>();

  @Test
  void aMalformedCommandIsBuriedBeforeItIsPassed() {
    RecordLogic logic = logic(CompletableFuture.completedFuture("stored"));

    assertThat(logic.decide(List.of(command("b1", "no JSON")))).isEmpty();

    assertThat(buried).singleElement().extracting(ProducerRecord::key).isEqualTo("b1");
  }

  @Test
  void oneThatCannotBeBuriedIsNotPassed() {
    RecordLogic logic = logic(CompletableFuture.failedFuture(new KafkaException("full")));

    assertThatThrownBy(() -> logic.decide(List.of(command("b1", "no JSON"))))
        .isInstanceOf(KafkaException.class)
        .hasMessageContaining("dead letters");
  }

  private RecordLogic logic(CompletableFuture<?> stored) {
    Announcer nobody = new Nobody();
    Cluster cluster =
        new Cluster(
            new Surroundings("c1", "inc", () -> AT, () -> 0),
            Rules.STANDARD,
            new Liveness(0),
            nobody,
            new NoQueues(),
            () -> true);
    OwnerLogic owner =
        new OwnerLogic(
            new Documents(_ -> 0, Json::bytes, 1 << 20),
            cluster,
            new Outbox(nobody, "c1", () -> AT, () -> 0),
            Rules.STANDARD,
            Duration.ofDays(1));
    return new RecordLogic(
        Topics.DEFAULT,
        owner,
        letter -> {
          buried.add(letter);
          return stored;
        });
  }

  private static ConsumerRecord<String, byte[]> command(String key, String value) {
    return new ConsumerRecord<>(
        Topics.DEFAULT.commands(), 0, 0, key, value.getBytes(StandardCharsets.UTF_8));
  }

  private static final class Nobody implements Announcer {
    @Override
    public CompletionStage<?> publish(Event event) {
      return CompletableFuture.completedFuture("nobody hears");
    }

    @Override
    public CompletionStage<?> append(Work document, int attempt, Optional<String> traceparent) {
      return CompletableFuture.completedFuture("nobody hears");
    }

    @Override
    public CompletionStage<?> bury(Work document, String reason) {
      return CompletableFuture.completedFuture("nobody hears");
    }
  }
}
