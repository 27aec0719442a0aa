package dev.firebuild.systemtest.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.coordinator.Coordinator;
import dev.firebuild.coordinator.CoordinatorConfig;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.BuildDocument.Phase;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.recordcheck.CheckedClient;
import dev.firebuild.systemtest.harness.TestBroker;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker that is killed while a coordinator and a worker's process have work. */
@Tag("real")
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutageTest {
  private static final String TOKEN = "0123456789abcdef-test";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** So long a client may wait for its 503. */
  private static final Duration ANSWER = Duration.ofSeconds(7);

  private Path dir;
  private BrokerProcess broker;
  private Installation all;
  private Coordinator coordinator;
  private final List<Process> workers = new ArrayList<>();
  private final HttpClient client = CheckedClient.create();

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    dir = folder;
    broker = startBroker(0);
    all = new Installation(broker.access().clientProperties());
    coordinator = startCoordinator();
    await().atMost(PATIENCE).until(coordinator::isReady);
  }

  private Coordinator startCoordinator() throws Exception {
    return Coordinator.start(
        new CoordinatorConfig(
            "c1", all.settings, "127.0.0.1", 0, new BearerToken(TOKEN), dir.resolve("blobs")));
  }

  @AfterAll
  void stop() throws Exception {
    workers.forEach(Process::destroyForcibly);
    coordinator.close();
    all.close();
    broker.close();
    client.shutdownNow();
  }

  @Test
  void buildsGoOnWhileTheBrokerIsAwayAndNothingThatWasAcceptedIsLost() throws Exception {
    // Given a build at work, and others that are being claimed
    Process worker = worker("w1");
    awaitOpen(worker);
    assertThat(submit("b0", 1500, 10).statusCode()).isEqualTo(202);
    all.awaitBuild("b0", Phase.RUNNING);
    List<String> others = IntStream.range(1, 7).mapToObj("b%d"::formatted).toList();
    for (String id : others) {
      assertThat(submit(id, 20, 5).statusCode()).isEqualTo(202);
    }
    // When the broker is killed, and for ten seconds there is none
    int port = port();
    long killed = System.nanoTime();
    broker.kill();
    // Then what needs it is refused soon and says when to come again, and reading goes on
    for (HttpRequest request :
        List.of(
            post("/v1/builds", build("refused", 1, 1)),
            post("/v1/builds/b0/cancel", "{}"),
            post("/v1/vms", "{\"image\":\"none\"}"))) {
      long asked = System.nanoTime();
      HttpResponse<String> answer = send(request);
      if (!request.uri().getPath().equals("/v1/vms")) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).contains("\"code\":\"unavailable\"");
      }
      assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(ANSWER);
    }
    assertThat(send(get("/v1/builds/b0")).body()).contains("\"phase\":\"running\"");
    assertThat(send(get("/v1/builds")).body()).contains(others);
    await()
        .atMost(PATIENCE)
        .until(() -> System.nanoTime() - killed > Duration.ofSeconds(10).toNanos());
    assertThat(segments("w1")).as("events that wait on disk").isNotEmpty();
    broker = startBroker(port);
    // Then each is done, in its first attempt, and every line is there in its place
    all.awaitBuild("b0", Phase.SUCCEEDED);
    for (String id : others) {
      assertThat(all.awaitBuild(id, Phase.SUCCEEDED).attempt()).as(id).isEqualTo(1);
      assertThat(NumberedBuilds.output(all.believed(id))).isEqualTo(NumberedBuilds.output(20));
    }
    assertThat(all.awaitBuild("b0", Phase.SUCCEEDED).attempt()).isEqualTo(1);
    assertThat(NumberedBuilds.output(all.believed("b0"))).isEqualTo(NumberedBuilds.output(1500));
    await().atMost(PATIENCE).until(() -> segments("w1").isEmpty());
    assertThat(submit("after", 1, 1).statusCode()).isEqualTo(202);
    all.awaitBuild("after", Phase.SUCCEEDED);
    worker.destroyForcibly().waitFor();
  }

  @Test
  @Tag("long")
  void aClaimThatIsUnansweredWhenTheBrokerIsKilledCostsNoAttempt() throws Exception {
    // Given a claim, and nobody who answers it
    Process worker = worker("w3");
    awaitOpen(worker);
    coordinator.close();
    all.send(
        new ProducerRecord<>(
            all.settings.topics().buildRequests(),
            build("claimed", 1, 1).getBytes(StandardCharsets.UTF_8)));
    await()
        .atMost(PATIENCE)
        .until(() -> all.log.stream().anyMatch(event -> event.subject().equals("claimed")));
    // When the broker is away for longer than the request's lock can be kept
    int port = port();
    long killed = System.nanoTime();
    broker.kill();
    await()
        .atMost(PATIENCE)
        .until(() -> System.nanoTime() - killed > Duration.ofSeconds(12).toNanos());
    broker = startBroker(port);
    coordinator = startCoordinator();
    // Then it is granted
    assertThat(all.awaitBuild("claimed", Phase.SUCCEEDED).attempt()).isEqualTo(1);
    await().atMost(PATIENCE).until(coordinator::isReady);
    worker.destroyForcibly().waitFor();
  }

  @Test
  @Tag("long")
  void whatAWorkerSaidBeforeItWasKilledInAnOutageIsDeliveredByItsNextProcess() throws Exception {
    // Given two builds at work, and no broker
    Process first = worker("w2");
    awaitOpen(first);
    submit("short", 300, 10);
    submit("long", 3000, 10);
    all.awaitBuild("short", Phase.RUNNING);
    all.awaitBuild("long", Phase.RUNNING);
    int port = port();
    broker.kill();
    // When one has ended, and the worker is killed, too
    await().atMost(PATIENCE).until(() -> waiting("w2").contains("build.succeeded"));
    first.destroyForcibly().waitFor();
    Process next = worker("w2");
    await().atMost(PATIENCE).until(() -> line(next, "MADE"));
    broker = startBroker(port);
    // Then that one is done, as nobody else has begun it, and its log is whole
    assertThat(all.awaitBuild("short", Phase.SUCCEEDED).attempt()).isEqualTo(1);
    assertThat(NumberedBuilds.output(all.believed("short"))).isEqualTo(NumberedBuilds.output(300));
    // And of the other one the beginning is told, then it is tried again
    all.awaitBuild("long", build -> build.attempt() == 2);
    List<EventData> told = all.believed("long");
    List<EventData> beforeRetry =
        told.stream().takeWhile(event -> !(event instanceof BuildEvent.Requeued)).toList();
    String output = NumberedBuilds.output(beforeRetry);
    assertThat(output).startsWith(NumberedBuilds.output(250));
    assertThat(NumberedBuilds.output(3000)).startsWith(output);
    send(post("/v1/builds/long/cancel", "{}"));
    all.awaitBuild("long", Phase.CANCELLED);
    next.destroyForcibly().waitFor();
  }

  private HttpResponse<String> submit(String id, int lines, int pauseMillis) throws Exception {
    return send(post("/v1/builds", build(id, lines, pauseMillis)));
  }

  private static String build(String id, int lines, int pauseMillis) {
    return Json.mapper()
        .writeValueAsString(
            Map.of(
                "id",
                id,
                "tag",
                "t-" + id,
                "source",
                Map.of("dockerfile", NumberedBuilds.dockerfile(lines, pauseMillis))));
  }

  private HttpRequest post(String path, String body) {
    return request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build();
  }

  private HttpRequest get(String path) {
    return request(path).GET().build();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(coordinator.url() + path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private int port() {
    return Integer.parseInt(broker.access().bootstrap().substring("127.0.0.1:".length()));
  }

  private BrokerProcess startBroker(int port) throws InterruptedException {
    return TestBroker.in(dir, port);
  }

  private Path spool(String worker) {
    return dir.resolve("events-" + worker);
  }

  private List<Path> segments(String worker) throws IOException {
    try (Stream<Path> files = Files.list(spool(worker))) {
      return files.toList();
    }
  }

  /** All that waits on the worker's disk. */
  private String waiting(String worker) throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path segment : segments(worker)) {
      all.append(Files.readString(segment, StandardCharsets.ISO_8859_1));
    }
    return all.toString();
  }

  private static void awaitOpen(Process worker) {
    assertThat(line(worker, "OPEN")).isTrue();
  }

  /** Whether it prints the line; what else it prints is of its logging. */
  private static boolean line(Process worker, String line) {
    return worker.inputReader(StandardCharsets.UTF_8).lines().anyMatch(line::equals);
  }

  private Process worker(String id) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(NumberedWorkerMain.class.getName(), id));
    command.add(Long.toString(all.nextLife()));
    command.add(Files.createDirectories(spool(id)).toString());
    all.settings.client().forEach((name, value) -> command.addAll(List.of(name, value)));
    File log = new File(dir.toFile(), "worker.log");
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log)).start();
    workers.add(process);
    return process;
  }
}
