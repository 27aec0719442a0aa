package dev.firebuild.systemtest.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.coordinator.Coordinator;
import dev.firebuild.coordinator.CoordinatorConfig;
import dev.firebuild.messaging.DeadLetters;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.BuildDocument.Phase;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.recordcheck.CheckedClient;
import dev.firebuild.systemtest.fake.FakeRuns;
import dev.firebuild.systemtest.fake.FakeWorkerMain;
import dev.firebuild.systemtest.harness.TestBroker;
import dev.firebuild.worker.queue.WorkerQueue;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Whatever somebody writes to the topics that are open to all, and however often. */
@Tag("real")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForeignRecordsTest {
  private static final String TOKEN = "0123456789abcdef-test";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CLIENTS = 100;

  private Path dir;
  private BrokerProcess broker;
  private Installation all;
  private Coordinator first;
  private Coordinator second;
  private WorkerQueue worker;
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final HttpClient client = CheckedClient.create();

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    dir = folder;
    logged.start();
    root().addAppender(logged);
    broker = TestBroker.in(dir);
    all = new Installation(broker.access().clientProperties());
    first = coordinator("c1");
    second = coordinator("c2");
    await().atMost(PATIENCE).until(() -> first.isReady() && second.isReady());
    worker =
        FakeWorkerMain.newWorker(
            all.vertx(),
            all.settings,
            "w1",
            all.nextLife(),
            dir.resolve("events"),
            InstantSource.system());
    worker.start(new NumberedBuilds("w1"), new FakeRuns("w1"));
  }

  private Coordinator coordinator(String id) throws Exception {
    return Coordinator.start(
        new CoordinatorConfig(
            id, all.settings, "127.0.0.1", 0, new BearerToken(TOKEN), dir.resolve("blobs-" + id)));
  }

  @AfterAll
  void stop() throws Exception {
    worker.close();
    second.close();
    first.close();
    all.close();
    broker.close();
    root().detachAppender(logged);
    client.shutdownNow();
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  /** What is written, and what the letter's reason says. */
  private static Map<String, String> malformed() {
    Map<String, String> values = new TreeMap<>();
    values.put("not even JSON", "Unrecognized token");
    values.put("", "the record is empty");
    values.put("[]", "expected an object");
    values.put("null", "the JSON is null");
    values.put("\"text\"", "expected an object");
    values.put("{\"tag\": {}, \"image\": {}}", ": expected a text");
    values.put("{\"tag\": \"x\"", "end-of-input");
    values.put("[".repeat(100_000), "expected an object");
    values.put("{\"x\":".repeat(100_000), "nesting depth");
    values.put("{\"id\": \"a/b\"," + rest(), "id \"a/b\": an id has");
    values.put("{\"id\": \"..\"," + rest(), "id \"..\": an id has");
    values.put("{\"id\": \"" + "i".repeat(129) + "\"," + rest(), "an id has");
    values.put("{\"cpu\": \"many\"," + rest(), "cpu: expected a whole number");
    values.put("{\"kernel\": \"../../boot/vmlinuz\"," + rest(), "kernel");
    values.put("{\"pad\": \"" + "x".repeat(2 << 20) + "\"," + rest(), "at most 1048576");
    return values;
  }

  private static String rest() {
    return "\"tag\": \"t\", \"image\": \"i\", \"source\": {\"dockerfile\": \"FROM scratch\"}}";
  }

  @Test
  void malformedRequestsAndCommandsBecomeLettersAndEverythingGoesOn() throws Exception {
    // Given rubbish in all topics that are open to all
    int errors = errors();
    int before = all.letters.size();
    String builds = all.settings.topics().buildRequests();
    String runs = all.settings.topics().runRequests();
    String commands = all.settings.topics().commands();
    Map<String, String> bad = malformed();
    for (String value : bad.keySet()) {
      send(builds, Optional.empty(), value);
      send(runs, Optional.of("a key"), value);
    }
    all.send(new ProducerRecord<>(builds, null));
    all.send(new ProducerRecord<>(runs, "k", null));
    send(builds, Optional.empty(), "{\"tag\":\"t\",\"source\":{\"context\":\"/etc/passwd\"}}");
    send(builds, Optional.empty(), "{\"tag\":\"../../t\",\"source\":{\"dockerfile\":\"FROM x\"}}");
    send(
        builds,
        Optional.empty(),
        "{\"tag\":\"t\",\"source\":{\"dockerfile\":\"a\",\"url\":\"b\"}}");
    send(runs, Optional.empty(), "{\"image\":\"/etc/passwd:../x\"}");
    for (String value : List.of("not even JSON", "", "[]", "{}", "{\"type\":\"explode\"}")) {
      send(commands, Optional.of("some-build"), value);
    }
    send(commands, Optional.of("some-build"), "{\"type\":\"stop\",\"graceSeconds\":\"soon\"}");
    send(commands, Optional.of("some-build"), "[".repeat(100_000));
    all.send(new ProducerRecord<>(commands, "some-build", null));
    send(commands, Optional.empty(), "{\"type\":\"cancel\"}");
    int rubbish = 2 * bad.size() + 6 + 9;
    // When somebody writes what can be done
    send(builds, Optional.empty(), build("good", "good", 1));
    all.run("good-vm", Optional.empty());
    // Then it is done
    all.awaitBuild("good", Phase.SUCCEEDED);
    all.awaitVm("good-vm", vm -> vm.phase() == VmDocument.Phase.RUNNING);
    all.command("good-vm", Command.Remove.vm(true));
    all.awaitVm("good-vm", vm -> vm.phase() == VmDocument.Phase.REMOVED);
    // And each of the others is a letter that says what is wrong with it
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(all.letters).hasSizeGreaterThanOrEqualTo(before + rubbish));
    List<ConsumerRecord<String, byte[]>> letters = all.letters.subList(before, all.letters.size());
    bad.forEach((value, reason) ->
        assertThat(letters.stream().filter(letter -> isOf(letter, value)))
            .as(value.substring(0, Math.min(60, value.length())))
            .hasSizeGreaterThanOrEqualTo(2)
            .allSatisfy(letter -> assertThat(header(letter, DeadLetters.REASON)).contains(reason)));
    assertThat(letters.stream().map(letter -> header(letter, DeadLetters.REASON)))
        .allSatisfy(reason ->
            assertThat(reason)
                .isNotBlank()
                .doesNotContain("dev.firebuild", "Jackson", "StreamRead"))
        .contains("type \"explode\": expected one of cancel, kill, remove, stop")
        .contains("type: is required; expected one of cancel, kill, remove, stop")
        .anyMatch(reason -> reason.contains("the command has no key"))
        .anyMatch(reason -> reason.contains("/etc/passwd"))
        .anyMatch(reason -> reason.contains("give exactly one of dockerfile"));
    assertThat(letters.stream().map(letter -> header(letter, DeadLetters.SOURCE)).distinct())
        .as("each once")
        .hasSize(letters.size());
    // And nobody was alarmed
    assertThat(errors()).isEqualTo(errors);
    assertThat(get(first, "/v1/dead-letters?limit=500").body()).contains("nesting depth");
  }

  @Test
  void headersThatMakeNoSenseAreNoReasonNotToBuild() throws Exception {
    int errors = errors();
    String topic = all.settings.topics().buildRequests();
    List<String> attempts = List.of("x", "-3", "99999999999999999999", "", "0");
    for (int i = 0; i < attempts.size(); i++) {
      ProducerRecord<String, byte[]> record =
          new ProducerRecord<>(topic, null, bytes(build("h" + i, "t", 1)));
      record.headers().add("firebuild-attempt", bytes(attempts.get(i)));
      record.headers().add("traceparent", new byte[] {(byte) 0xff, 0, 1});
      record.headers().add("traceparent", null);
      record.headers().add("ce_type", bytes("dev.firebuild.build.succeeded.v1"));
      all.send(record);
    }
    for (int i = 0; i < attempts.size(); i++) {
      assertThat(all.awaitBuild("h" + i, Phase.SUCCEEDED).attempt()).isEqualTo(1);
    }
    assertThat(errors()).isEqualTo(errors);
  }

  @Test
  void ofRequestsWithOneIdOneIsDoneWhereverItsCopiesCome() throws Exception {
    String builds = all.settings.topics().buildRequests();
    // Given two of the same id at once, with other contents
    send(builds, Optional.empty(), build("one", "a", 1));
    send(builds, Optional.empty(), build("one", "b", 1));
    BuildDocument done = all.awaitBuild("one", Phase.SUCCEEDED);
    // When there is another one after its end
    send(builds, Optional.empty(), build("one", "c", 1));
    // And others while one is at work, of the same and of another content
    send(builds, Optional.empty(), build("long", "a", 100));
    all.awaitBuild("long", Phase.RUNNING);
    send(builds, Optional.empty(), build("long", "a", 100));
    send(builds, Optional.empty(), build("long", "b", 1));
    all.awaitBuild("long", Phase.SUCCEEDED);
    send(builds, Optional.empty(), build("after", "t", 1));
    all.awaitBuild("after", Phase.SUCCEEDED);
    // Then one was done, once
    for (String id : List.of("one", "long")) {
      assertThat(all.log.stream().filter(event -> event.subject().equals(id)))
          .filteredOn(event -> event.data() instanceof BuildEvent.Started)
          .as(id)
          .hasSize(1);
      assertThat(all.believed(id)).filteredOn(BuildEvent.Succeeded.class::isInstance).hasSize(1);
    }
    assertThat(done.request().tag()).isIn("a:latest", "b:latest");
    assertThat(all.awaitBuild("one", Phase.SUCCEEDED))
        .usingRecursiveComparison()
        .ignoringFields("outbox")
        .isEqualTo(done);
    assertThat(all.awaitBuild("long", Phase.SUCCEEDED).request().tag()).isEqualTo("a:latest");
    assertThat(all.awaitBuild("long", Phase.SUCCEEDED).attempt()).isEqualTo(1);
    // And who asked for something else learns of it; a copy is missed by nobody
    String loser = done.request().tag().equals("a:latest") ? "b" : "a";
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(lettersAbout("one"))
              .containsExactlyInAnyOrder(build("one", loser, 1), build("one", "c", 1));
          assertThat(lettersAbout("long")).containsExactly(build("long", "b", 1));
        });
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(get(second, "/v1/dead-letters").body())
                .contains("long is the id of another request", "with an id of its own"));
  }

  /** What is among the dead letters because {@code id} is another's. */
  private List<String> lettersAbout(String id) {
    return all.letters.stream()
        .filter(letter ->
            DeadLetters.decode(letter)
                .filter(entry ->
                    entry instanceof DeadLetters.Entry.Letter(var told)
                        && told.reason().startsWith(id + " is the id of another request"))
                .isPresent())
        .map(letter -> new String(letter.value(), StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void hundredClientsWithOneKeyGetOneBuild() throws Exception {
    // Given
    String body =
        Json.text(
            Map.of(
                "tag", "keyed", "source", Map.of("dockerfile", NumberedBuilds.dockerfile(1, 10))));
    // When all ask at once, at two coordinators
    List<CompletableFuture<HttpResponse<String>>> asked =
        IntStream.range(0, CLIENTS)
            .mapToObj(i -> ask(i % 2 == 0 ? first : second, "key-1", body))
            .toList();
    List<HttpResponse<String>> answers = asked.stream().map(CompletableFuture::join).toList();
    // Then all hear of the same build, which is done once
    assertThat(answers)
        .extracting(answer -> answer.statusCode() + answer.body())
        .allMatch(answer -> answer.startsWith("202"));
    assertThat(answers).extracting(HttpResponse::body).containsOnly(answers.getFirst().body());
    String id = Json.mapper().readTree(answers.getFirst().body()).path("id").asString();
    all.awaitBuild(id, Phase.SUCCEEDED);
    send(all.settings.topics().buildRequests(), Optional.empty(), build("last", "t", 1));
    all.awaitBuild("last", Phase.SUCCEEDED);
    assertThat(all.log.stream().filter(event -> event.subject().equals(id)))
        .filteredOn(event -> event.data() instanceof BuildEvent.Started)
        .hasSize(1);
    // And another body under that key is refused, at either
    for (Coordinator coordinator : List.of(first, second)) {
      HttpResponse<String> other = ask(coordinator, "key-1", body.replace("keyed", "other")).join();
      assertThat(other.statusCode()).isEqualTo(409);
      assertThat(other.body()).contains("\"code\":\"id-in-use\"");
    }
  }

  @Test
  void aBuildIsCancelledOnceWheneverAndHoweverOftenItIsAsked() throws Exception {
    // Given both slots at work, one build in the queue, and one that has ended
    String builds = all.settings.topics().buildRequests();
    send(builds, Optional.empty(), build("ended", "t", 1));
    BuildDocument ended = all.awaitBuild("ended", Phase.SUCCEEDED);
    for (String id : List.of("busy-1", "busy-2")) {
      send(builds, Optional.empty(), build(id, "t", 100_000));
      all.awaitBuild(id, Phase.RUNNING);
    }
    send(builds, Optional.empty(), build("waiting", "t", 1));
    // When each is cancelled twice
    for (String id : List.of("waiting", "busy-1", "busy-2", "ended")) {
      for (String reason : List.of("first", "second")) {
        all.command(id, new Command.Cancel(Optional.of(reason)));
      }
    }
    // Then each has ended once, with the first reason, and what has ended stays as it is
    for (String id : List.of("waiting", "busy-1", "busy-2")) {
      all.awaitBuild(id, Phase.CANCELLED);
      all.command(id, new Command.Cancel(Optional.of("third")));
    }
    send(builds, Optional.empty(), build("next", "t", 1));
    all.awaitBuild("next", Phase.SUCCEEDED);
    for (String id : List.of("waiting", "busy-1", "busy-2")) {
      assertThat(all.believed(id))
          .filteredOn(event -> event instanceof BuildEvent.Cancelled)
          .as(id)
          .containsExactly(new BuildEvent.Cancelled("first"));
      HttpResponse<String> again = post(first, "/v1/builds/" + id + "/cancel", "{}");
      assertThat(again.statusCode()).isEqualTo(409);
      assertThat(again.body()).contains("already-ended");
    }
    assertThat(all.log.stream().filter(event -> event.subject().equals("waiting")))
        .noneMatch(event -> event.data() instanceof BuildEvent.Started);
    assertThat(all.awaitBuild("ended", Phase.SUCCEEDED))
        .usingRecursiveComparison()
        .ignoringFields("outbox")
        .isEqualTo(ended);
  }

  private static String build(String id, String tag, int lines) {
    return Json.text(
        Map.of(
            "id",
            id,
            "tag",
            tag,
            "source",
            Map.of("dockerfile", NumberedBuilds.dockerfile(lines, 10))));
  }

  private void send(String topic, Optional<String> key, String value) {
    all.send(new ProducerRecord<>(topic, key.orElse(null), bytes(value)));
  }

  private CompletableFuture<HttpResponse<String>> ask(
      Coordinator coordinator, String key, String body) {
    return client.sendAsync(
        request(coordinator, "/v1/builds")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(Coordinator coordinator, String path, String body)
      throws Exception {
    return client.send(
        request(coordinator, path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(Coordinator coordinator, String path) throws Exception {
    return client.send(request(coordinator, path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(Coordinator coordinator, String path) {
    return HttpRequest.newBuilder(URI.create(coordinator.url() + path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private int errors() {
    return (int)
        List.copyOf(logged.list).stream().filter(event -> event.getLevel() == Level.ERROR).count();
  }

  private static boolean isOf(ConsumerRecord<String, byte[]> letter, String value) {
    return header(letter, DeadLetters.DIGEST).equals(Digest.of(bytes(value)).value());
  }

  private static String header(ConsumerRecord<String, byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
