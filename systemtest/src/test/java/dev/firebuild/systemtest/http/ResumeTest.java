package dev.firebuild.systemtest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.cli.Main;
import dev.firebuild.messaging.EventPublisher;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.Partitions;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.systemtest.harness.TestBroker;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Readers of events whose connection breaks anywhere, while coordinators are killed. */
@Tag("real")
@Timeout(90)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResumeTest {
  private static final long SEED = 20261123;
  private static final int SUBJECTS = 5;
  private static final int EVENTS = 2000;
  private static final int CUTS = 40;
  private static final int KILLS = 1;
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final Vertx vertx = Vertx.vertx();
  private final List<CoordinatorProcess> coordinators = new ArrayList<>();
  private BrokerProcess broker;
  private EventPublisher publisher;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    broker = TestBroker.in(folder);
    for (String id : List.of("c1", "c2")) {
      coordinators.add(
          new CoordinatorProcess(id, folder, broker.access().clientProperties(), "200m").start());
    }
    publisher =
        EventPublisher.create(
            vertx,
            KafkaSettings.of(broker.access().clientProperties()),
            "test",
            Duration.ofSeconds(60));
  }

  @AfterAll
  void stop() throws Exception {
    publisher.close();
    for (CoordinatorProcess one : coordinators) {
      one.close();
    }
    broker.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @ParameterizedTest
  @CsvSource({
    "several, ndjson, /v1/events?type=build.log",
    "one, sse, /v1/builds/one-0/events",
  })
  void whereverAStreamBreaksNothingIsMissedOrToldTwice(String name, String format, String path)
      throws Exception {
    // Given somebody who writes while it is read
    boolean single = !format.equals("ndjson");
    List<String> subjects =
        IntStream.range(0, single ? 1 : SUBJECTS).mapToObj(i -> name + "-" + i).toList();
    if (name.equals("one")) {
      request("one-0");
    }
    Semaphore pace = new Semaphore(EVENTS / CUTS);
    CompletableFuture<?> writer =
        CompletableFuture.runAsync(
            () -> write(subjects, pace), run -> Thread.ofVirtual().start(run));
    // When its reader is cut off again and again, and goes on at any coordinator
    Random random = new Random(SEED);
    Reader reader = new Reader(path, format);
    for (int cut = 0; cut < CUTS && reader.count(name) < EVENTS - 1; cut++) {
      pace.release(EVENTS / CUTS + 1);
      if (cut % (CUTS / KILLS) == CUTS / KILLS / 2) {
        coordinators.get(random.nextInt(2)).kill();
        reader.read(random, name, 1);
        startAgain();
      }
      reader.read(random, name, 1 + random.nextInt(EVENTS / CUTS));
    }
    pace.release(EVENTS);
    writer.join();
    reader.read(random, name, EVENTS - reader.count(name));
    // Then
    Map<String, List<Long>> expected = new HashMap<>();
    subjects.forEach(subject ->
        expected.put(
            subject, LongStream.rangeClosed(1, EVENTS / subjects.size()).boxed().toList()));
    assertThat(reader.of(name)).isEqualTo(expected);
  }

  @Test
  void whereTheLogBeginsLaterTheReaderIsTold() throws Exception {
    // Given
    write(List.of("gone"), new Semaphore(EVENTS));
    Reader reader = new Reader("/v1/events?subject=gone&type=build.log", "sse");
    reader.read(new Random(SEED), "gone", 10);
    String topic = Topics.DEFAULT.events();
    int partition = Partitions.of("gone", 12);
    long before = EVENTS / 2;
    try (Admin admin = Admin.create(new HashMap<>(broker.access().clientProperties()))) {
      var _ =
          admin
              .deleteRecords(
                  Map.of(
                      new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(before)))
              .all()
              .get();
    }
    coordinators.getFirst().kill();
    coordinators.getFirst().start();
    // When
    JsonNode first = reader.first(coordinators.getFirst());
    // Then
    assertThat(first.path("type").asString()).isEqualTo("gap");
    assertThat(first.path("to").asString()).contains(partition + ":" + (before - 1));
  }

  @Test
  void theCommandGoesOnWhereItWasWhenItsNodeComesBack() throws Exception {
    // Given somebody who writes while the command shows it
    Semaphore pace = new Semaphore(EVENTS / 4);
    CompletableFuture<?> writer =
        CompletableFuture.runAsync(
            () -> write(List.of("told"), pace), run -> Thread.ofVirtual().start(run));
    CoordinatorProcess one = coordinators.getFirst();
    Process command = command(one, "events", "-f", "--type=build.log", "--subject=told");
    List<Long> told = new CopyOnWriteArrayList<>();
    Thread reader =
        Thread.ofVirtual()
            .start(() ->
                command
                    .inputReader()
                    .lines()
                    .forEach(line -> told.add(Json.mapper().readTree(line).path("seq").asLong())));
    await().atMost(PATIENCE).until(() -> told.size() >= EVENTS / 4);
    // When its node dies, things happen without it, and it comes back
    one.kill();
    pace.release(EVENTS / 2);
    one.start();
    await().atMost(PATIENCE).until(() -> told.size() >= EVENTS / 2);
    pace.release(EVENTS);
    writer.join();
    // Then
    await().atMost(PATIENCE).until(() -> told.size() >= EVENTS);
    assertThat(told).isEqualTo(LongStream.rangeClosed(1, EVENTS).boxed().toList());
    assertThat(command.isAlive()).isTrue();
    command.destroy();
    reader.join();
  }

  private static Process command(CoordinatorProcess node, String... arguments) throws IOException {
    List<String> argv = new ArrayList<>();
    argv.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    argv.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    argv.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    argv.addAll(List.of(arguments));
    argv.add("--format=json");
    ProcessBuilder process = new ProcessBuilder(argv).redirectError(Redirect.INHERIT);
    process.environment().put("FIREBUILD_URL", node.url());
    process.environment().put("FIREBUILD_TOKEN", CoordinatorProcess.TOKEN);
    return process.start();
  }

  @BeforeEach
  void startAgain() throws IOException {
    for (CoordinatorProcess one : coordinators) {
      if (!one.running().isAlive()) {
        one.start();
      }
    }
  }

  private void request(String id) throws Exception {
    CoordinatorProcess one = coordinators.getFirst();
    String build =
        "{\"id\":\"%s\",\"tag\":\"demo\",\"source\":{\"dockerfile\":\"FROM scratch\\n\"}}"
            .formatted(id);
    assertThat(
            one.send(one.request("/v1/builds").POST(HttpRequest.BodyPublishers.ofString(build)))
                .statusCode())
        .isEqualTo(202);
  }

  private void write(List<String> subjects, Semaphore pace) {
    List<CompletableFuture<?>> sent = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      pace.acquireUninterruptibly();
      String subject = subjects.get(i % subjects.size());
      long seq = i / subjects.size() + 1L;
      sent.add(
          publisher.publish(
              new Event(
                  subject + "/" + seq,
                  "worker-a",
                  subject,
                  Instant.now(),
                  1,
                  "instance-of-" + subject,
                  seq,
                  new BuildEvent.Log(
                      1,
                      LogChunk.of(
                          "stdout", ("line " + seq + "\n").getBytes(StandardCharsets.UTF_8))))));
    }
    sent.forEach(CompletableFuture::join);
  }

  /** A client that knows of nothing but positions. */
  private final class Reader {
    private final String path;
    private final String format;
    private final List<JsonNode> seen = new ArrayList<>();
    private String position = "";
    private int counted;
    private int matching;

    Reader(String path, String format) {
      this.path = path;
      this.format = format;
    }

    /** Reads {@code count} more, at whoever answers, and breaks off in the middle. */
    void read(Random random, String name, int count) throws InterruptedException {
      int until = count(name) + count;
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      String broken = "nothing";
      while (count(name) < until) {
        assertThat(System.nanoTime())
            .as("%d of %d, after %s, %s", count(name), until, position, broken)
            .isLessThan(deadline);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), anybody(random).port())) {
          BufferedReader in = open(socket);
          while (count(name) < until) {
            take(in);
          }
        } catch (IOException e) {
          // Killed, or not up yet: somewhere else.
          broken = String.valueOf(e);
          Thread.sleep(20);
        }
      }
    }

    private CoordinatorProcess anybody(Random random) {
      return coordinators.get(random.nextInt(coordinators.size()));
    }

    JsonNode first(CoordinatorProcess one) throws IOException {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), one.port())) {
        return next(open(socket));
      }
    }

    private BufferedReader open(Socket socket) throws IOException {
      socket.setSoTimeout(5_000);
      String separator = path.contains("?") ? "&" : "?";
      socket
          .getOutputStream()
          .write(
              "GET %s%sformat=%s HTTP/1.0\r\nHost: x\r\nAuthorization: Bearer %s\r\nLast-Event-ID: %s\r\n\r\n"
                  .formatted(path, separator, format, CoordinatorProcess.TOKEN, position)
                  .getBytes(StandardCharsets.US_ASCII));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String status = in.readLine();
      if (status == null || !status.contains(" 200 ")) {
        throw new IOException("not now: " + status);
      }
      for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
        line = in.readLine();
      }
      return in;
    }

    private void take(BufferedReader in) throws IOException {
      JsonNode event = next(in);
      position = event.path("position").asString();
      seen.add(event);
    }

    private JsonNode next(BufferedReader in) throws IOException {
      while (true) {
        String line = in.readLine();
        if (line == null) {
          throw new IOException("the end");
        }
        if (line.startsWith("data: ")) {
          return whole(line.substring("data: ".length()));
        }
        if (line.startsWith("{")) {
          return whole(line);
        }
      }
    }

    /** A line that a kill has cut off is none. */
    private static JsonNode whole(String line) throws IOException {
      try {
        return Json.mapper().readTree(line);
      } catch (JacksonException e) {
        throw new IOException("cut off", e);
      }
    }

    int count(String name) {
      while (counted < seen.size()) {
        matching += isOf(name, seen.get(counted)) ? 1 : 0;
        counted++;
      }
      return matching;
    }

    private static boolean isOf(String name, JsonNode event) {
      return event.path("subject").asString().startsWith(name + "-")
          || event.path("subject").asString().equals(name);
    }

    /** The numbers that were told, by subject. */
    Map<String, List<Long>> of(String name) {
      Map<String, List<Long>> all = new HashMap<>();
      for (JsonNode event : seen) {
        if (isOf(name, event)) {
          all.computeIfAbsent(event.path("subject").asString(), _ -> new ArrayList<>())
              .add(event.path("seq").asLong());
        }
      }
      return all;
    }
  }
}
