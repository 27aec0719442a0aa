package dev.firebuild.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.EmbeddedKafka;
import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.Partitions;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.resource.EventFrame;
import dev.firebuild.recordcheck.CheckedClient;
import dev.firebuild.recordcheck.WholeLog;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator over a real broker; the test's producer plays the workers and the owner. */
@Tag("real")
class CoordinatorTest {
  private static final String TOKEN = "0123456789abcdef-test";
  private static final String BUILD =
      "{\"tag\":\"demo/app:1\",\"source\":{\"dockerfile\":\"FROM scratch\\nCOPY . /\\n\"}}";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Several times what a coordinator begins with. */
  private static final int OLD_EVENTS = 60_000;

  @TempDir static Path data;
  private static EmbeddedKafka broker;
  private static KafkaProducer<String, byte[]> producer;

  private final HttpClient client = CheckedClient.create();
  private KafkaSettings kafka;
  private Coordinator coordinator;
  private long seq;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedKafka.start(data.resolve("kafka"));
    Map<String, Object> properties = new HashMap<>(broker.access().clientProperties());
    producer = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  @AfterAll
  static void stopBroker() {
    producer.close();
    broker.close();
  }

  @BeforeEach
  void start(TestInfo test) throws Exception {
    kafka =
        KafkaSettings.of(broker.access().clientProperties())
            .withTopics(new Topics("t-" + test.getTestMethod().orElseThrow().getName()));
    coordinator = startCoordinator();
  }

  @AfterEach
  void stop() {
    coordinator.close();
    WholeLog.requireClean(kafka.client(), kafka.topics());
    client.shutdownNow();
  }

  private Coordinator startCoordinator() throws Exception {
    Coordinator started =
        Coordinator.start(
            new CoordinatorConfig(
                "coordinator-a",
                kafka,
                "127.0.0.1",
                0,
                new BearerToken(TOKEN),
                data.resolve("blobs")));
    await().atMost(PATIENCE).until(started::isReady);
    return started;
  }

  @Test
  void submittedBuildIsVisibleAndSurvivesARestart() throws Exception {
    // When
    HttpResponse<String> answer = post("/v1/builds", BUILD);
    String id = Json.mapper().readTree(answer.body()).path("id").asString();

    // Then
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(get("/v1/builds/" + id).body()).contains("\"queued\"");

    // When
    coordinator.close();
    coordinator = startCoordinator();

    // Then
    assertThat(get("/v1/builds/" + id).body()).contains("\"queued\"").contains("demo/app:1");
  }

  @Test
  void foreignRequestIsListedLikeAnyOther() throws Exception {
    // Given a record of a foreign producer, without id and key
    producer.send(new ProducerRecord<>(kafka.topics().buildRequests(), null, utf8(BUILD))).get();
    producer
        .send(new ProducerRecord<>(kafka.topics().buildRequests(), null, utf8("no json")))
        .get();

    // Then
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(get("/v1/builds?phase=queued").body())
                .contains(kafka.topics().buildRequests() + "-0-"));
    assertThat(Json.mapper().readTree(get("/v1/builds").body()).path("items").size()).isEqualTo(1);
  }

  @Test
  void historyThenLiveThenResumeAfterARestart() throws Exception {
    // Given
    document(build("b1", BuildDocument.Phase.RUNNING));
    event("b1", new BuildEvent.Started("worker-a", "demo/app:1"));
    event("b1", log("one\n"));

    // When
    String position;
    try (BufferedReader lines = events("/v1/builds/b1/events", "")) {
      assertThat(frame(lines).event().data()).isInstanceOf(BuildEvent.Started.class);
      assertThat(frame(lines).event().data()).isEqualTo(log("one\n"));
      event("b1", log("two\n"));
      EventFrame live = frame(lines);
      assertThat(live.event().data()).isEqualTo(log("two\n"));
      position = live.position();
    }
    coordinator.close();
    event("b1", log("three\n"));
    document(build("b1", BuildDocument.Phase.FAILED));
    event("b1", new BuildEvent.Failed(Failure.of(FailureCode.STEP_FAILED, "no")));
    coordinator = startCoordinator();

    // Then
    try (BufferedReader lines = events("/v1/builds/b1/events", position)) {
      assertThat(frame(lines).event().data()).isEqualTo(log("three\n"));
      assertThat(frame(lines).event().data()).isInstanceOf(BuildEvent.Failed.class);
      assertThat(lines.readLine()).isNull();
    }
    assertThat(get("/v1/builds/b1/log?follow=true").body()).isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void historyThatMemoryHasForgottenComesFromKafka() throws Exception {
    // Given more than a coordinator keeps in memory
    int count = 700;
    document(build("big", BuildDocument.Phase.RUNNING));
    String line = "x".repeat(48 * 1024 - 1) + "\n";
    for (int i = 0; i < count; i++) {
      event("big", log(i + " " + line));
      event("other-" + i % 20, log("noise\n"));
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(get("/v1/builds/big/log").body()).contains("\n" + (count - 1) + " "));

    // When
    List<String> lines = get("/v1/builds/big/log").body().lines().toList();
    long all = get("/v1/events?follow=false&type=build.log").body().lines().count();

    // Then
    assertThat(lines).hasSize(count);
    assertThat(lines.getFirst()).startsWith("0 x");
    assertThat(lines.getLast()).startsWith((count - 1) + " x");
    assertThat(all).isEqualTo(2L * count);
  }

  @Test
  void positionsOfAllPartitionsResumeWithoutLoss() throws Exception {
    // Given
    for (int i = 0; i < 30; i++) {
      event("s" + i, log("a" + i));
    }
    String position = "";
    int read = 0;
    try (BufferedReader lines = events("/v1/events?type=build.log", "")) {
      for (; read < 17; read++) {
        position = frame(lines).position();
      }
    }

    // When
    try (BufferedReader lines = events("/v1/events?type=build.log", position)) {
      for (; read < 30; read++) {
        assertThat(frame(lines)).isNotNull();
      }
      event("last", log("z"));

      // Then
      assertThat(frame(lines).event().subject()).isEqualTo("last");
    }
    assertThat(get("/v1/events?follow=false&since=" + Instant.now().plusSeconds(3600)).body())
        .isEmpty();
    assertThat(outputSince("1969-12-31T23:59:59.999Z"))
        .isEqualTo(outputSince("beginning"))
        .hasSize(31);
  }

  @Test
  void whatHappenedLongBeforeTheStartIsReadOnlyWhenItIsAskedFor() throws Exception {
    // Given events far behind those that a coordinator begins with
    document(build("old", BuildDocument.Phase.FAILED));
    document(build("long", BuildDocument.Phase.RUNNING));
    event("old", log("one\n"));
    event("long", log("a\n"));
    event("old", new BuildEvent.Failed(Failure.of(FailureCode.STEP_FAILED, "no")));
    coordinator.close();
    Future<?> sent = CompletableFuture.completedFuture(null);
    for (int i = 0; i < OLD_EVENTS; i++) {
      sent = send("noise-" + i % 100, log("noise\n"));
    }
    producer.flush();
    var _ = sent.get();
    event("long", log("b\n"));

    // When
    coordinator = startCoordinator();

    // Then
    assertThat(get("/v1/builds/old/log?follow=true").body()).isEqualTo("one\n");
    assertThat(get("/v1/builds/old/events").body().lines()).hasSize(2);
    assertThat(get("/v1/builds/long/log").body()).isEqualTo("a\nb\n");
    assertThat(get("/v1/events?subject=long&follow=false").body().lines()).hasSize(2);
    assertThat(get("/v1/events?follow=false&type=build.*").body().lines()).hasSize(OLD_EVENTS + 4);
  }

  @Test
  void whatIsSettledForLongIsForgotten() throws Exception {
    // Given a document of a week ago and one of today
    coordinator.close();
    BuildDocument today = build("today", BuildDocument.Phase.FAILED);
    Instant then = Instant.now().minus(CoordinatorConfig.KEEP).minusSeconds(60);
    document(today);
    document(
        build("then", BuildDocument.Phase.FAILED)
            .settled(BuildDocument.Phase.FAILED, Optional.empty(), Optional.empty(), then));

    // When
    coordinator = startCoordinator();

    // Then
    await().atMost(PATIENCE).until(() -> get("/v1/builds/then").statusCode() == 404);
    assertThat(get("/v1/builds/today").statusCode()).isEqualTo(200);
  }

  @Test
  void everyRecordOfTheEventTopicIsACloudEvent() throws Exception {
    event("b1", log("one\n"));
    Map<String, Object> properties = new HashMap<>(broker.access().clientProperties());
    properties.put("auto.offset.reset", "earliest");
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(kafka.topics().events()).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      consumer.assign(partitions);
      List<String> subjects = new ArrayList<>();
      await()
          .atMost(PATIENCE)
          .until(() -> {
            for (var record : consumer.poll(Duration.ofMillis(200))) {
              subjects.add(EventCodec.decode(record).orElseThrow().subject());
            }
            return subjects.contains("b1");
          });

      assertThat(subjects).containsOnly("b1", "coordinator-a");
    }
  }

  @Test
  void dockerfileErrorHasLineAndColumn() throws Exception {
    HttpResponse<String> answer =
        post(
            "/v1/builds",
            BUILD.replace("FROM scratch\\nCOPY . /\\n", "FROM scratch\\nCOPPY a /\\n"));

    assertThat(answer.statusCode()).isEqualTo(422);
    var problem = Json.mapper().readTree(answer.body());
    assertThat(problem.path("code").asString()).isEqualTo("dockerfile");
    assertThat(problem.path("line").asInt()).isEqualTo(2);
    assertThat(problem.path("column").asInt()).isEqualTo(1);
    assertThat(get("/v1/builds").body()).isEqualTo("{\"items\":[]}");
  }

  /** Where the owner would write it. */
  private void document(BuildDocument document) throws Exception {
    var _ =
        producer
            .send(
                new ProducerRecord<>(
                    kafka.topics().state(),
                    Partitions.of(document.id(), kafka.partitions()),
                    document.key(),
                    DocumentCodec.encode(document)))
            .get();
  }

  private void event(String subject, EventData data) throws Exception {
    var _ = send(subject, data).get();
  }

  private Future<?> send(String subject, EventData data) {
    seq++;
    Event event = new Event("i1-" + seq, "worker-a", subject, Instant.now(), 1, "i1", seq, data);
    return producer.send(EventCodec.encode(kafka.topics().events(), event, Optional.empty()));
  }

  private static BuildEvent.Log log(String text) {
    return new BuildEvent.Log(1, LogChunk.of("stdout", utf8(text)));
  }

  private static BuildDocument build(String id, BuildDocument.Phase phase) {
    return new BuildDocument(
        id,
        Json.read(utf8(BUILD), BuildRequest.class).withId(id),
        phase,
        1,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Instant.now(),
        Optional.empty(),
        phase.isSettled() ? Optional.of(Instant.now()) : Optional.empty(),
        List.of());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(coordinator.url() + path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + TOKEN);
  }

  /** The ids of the events that carry output. */
  private List<String> outputSince(String since) throws Exception {
    return get("/v1/events?follow=false&type=build.log&since=" + since)
        .body()
        .lines()
        .map(line -> EventFrame.parse(utf8(line)).event().id())
        .toList();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private BufferedReader events(String path, String lastEventId) throws Exception {
    HttpRequest.Builder request = request(path);
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    return new BufferedReader(
        new InputStreamReader(
            client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()).body(),
            StandardCharsets.UTF_8));
  }

  private static EventFrame frame(BufferedReader lines) throws Exception {
    return EventFrame.parse(utf8(lines.readLine()));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
