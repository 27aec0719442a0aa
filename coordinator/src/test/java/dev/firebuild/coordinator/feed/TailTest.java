package dev.firebuild.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.EmbeddedKafka;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.messaging.Tidings;
import dev.firebuild.messaging.TopicAdmin;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.event.CoordinatorEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.request.Source;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the owner learns by the reading of the views, on a real broker. */
@Tag("real")
@Timeout(120)
class TailTest {
  private static final Topics TOPICS = Topics.DEFAULT;

  @TempDir static Path data;

  @Test
  void theFollowerIsToldOfAllButWhatWasSaidBeforeItsTime() throws Exception {
    try (EmbeddedKafka broker = EmbeddedKafka.start(data.resolve("kafka"));
        KafkaProducer<String, byte[]> producer = producer(broker)) {
      // Given one record of each topic, and what is nothing
      KafkaSettings kafka = KafkaSettings.of(broker.access().clientProperties());
      int partitions = TopicAdmin.ensure(kafka).partitions();
      send(producer, document("web", "vm-1"));
      send(producer, request("b-1"));
      send(producer, new ProducerRecord<>(TOPICS.buildRequests(), garbage()));
      send(producer, new ProducerRecord<>(TOPICS.state(), "name/other", garbage()));
      send(producer, heartbeat(1));

      // When
      Views views = new Views();
      RecentEvents recent = new RecentEvents(1 << 20);
      recent.start(partitions);
      Told told = new Told();
      try (Tail tail = new Tail(kafka, "c", views, recent)) {
        assertThat(tail.hasCaughtUp()).isFalse();
        tail.start(told);
        await().atMost(Duration.ofSeconds(30)).until(tail::hasCaughtUp);

        // Then
        assertThat(told.all).containsExactlyInAnyOrder("stored name/web", "build b-1");
        assertThat(views.build("b-1")).isPresent();
        assertThat(recent.read(Position.of(partition(recent), 0), 1 << 20).orElseThrow())
            .hasSize(1);

        // When more of each comes
        send(producer, heartbeat(2));
        send(producer, request("b-2"));
        send(producer, new ProducerRecord<>(TOPICS.state(), "name/web", null));
        tail.readToEnd().get(30, TimeUnit.SECONDS);

        // Then it was told before the end was reached
        assertThat(told.all.subList(2, told.all.size()))
            .containsExactlyInAnyOrder("heard heartbeat 2", "build b-2", "forgotten name/web");

        // And while nothing comes nobody waits for the fetches, which do for 5 s
        assertThat(quickestOf(3, tail)).isLessThan(Duration.ofMillis(2500));
      }
    }
  }

  private static Duration quickestOf(int times, Tail tail) throws Exception {
    Duration quickest = Duration.ofDays(1);
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      tail.readToEnd().get(30, TimeUnit.SECONDS);
      Duration taken = Duration.ofNanos(System.nanoTime() - start);
      quickest = taken.compareTo(quickest) < 0 ? taken : quickest;
    }
    return quickest;
  }

  private static KafkaProducer<String, byte[]> producer(EmbeddedKafka broker) {
    Map<String, Object> properties = new HashMap<>(broker.access().clientProperties());
    return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  private static void send(
      KafkaProducer<String, byte[]> producer, ProducerRecord<String, byte[]> record)
      throws Exception {
    producer.send(record).get(30, TimeUnit.SECONDS);
  }

  /** That of the heartbeats, beside the first record of each partition. */
  private static int partition(RecentEvents recent) {
    return recent.end().next().entrySet().stream()
        .filter(end -> end.getValue() > 1)
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  private static byte[] garbage() {
    return "{".getBytes(StandardCharsets.UTF_8);
  }

  private static ProducerRecord<String, byte[]> document(String name, String vm) {
    NameDocument document = new NameDocument(name, vm, Instant.EPOCH);
    return new ProducerRecord<>(TOPICS.state(), document.key(), DocumentCodec.encode(document));
  }

  private static ProducerRecord<String, byte[]> request(String id) {
    BuildRequest request =
        BuildRequest.of("demo/app:1", new Source.Inline("FROM scratch\n")).withId(id);
    return RequestCodec.encode(TOPICS.buildRequests(), id, request, 1, Optional.empty());
  }

  private static ProducerRecord<String, byte[]> heartbeat(int number) {
    var data = new CoordinatorEvent.Heartbeat("incarnation", "1", "http://127.0.0.1:1");
    Event event =
        new Event("heartbeat " + number, "c", "c", Instant.EPOCH, 0, "incarnation", number, data);
    return EventCodec.encode(TOPICS.events(), event, Optional.empty());
  }

  /** Everything that is told, in words. */
  private static final class Told implements Tidings {
    private final List<String> all = new CopyOnWriteArrayList<>();

    @Override
    public void stored(Document document) {
      all.add("stored " + document.key());
    }

    @Override
    public void forgotten(String key) {
      all.add("forgotten " + key);
    }

    @Override
    public void requested(ConsumerRecord<String, byte[]> record, BuildRequest request) {
      all.add("build " + request.id().orElseThrow());
    }

    @Override
    public void requested(ConsumerRecord<String, byte[]> record, RunRequest request) {
      all.add("run " + request.id().orElseThrow());
    }

    @Override
    public void heard(Event event) {
      all.add("heard " + event.id());
    }
  }
}
