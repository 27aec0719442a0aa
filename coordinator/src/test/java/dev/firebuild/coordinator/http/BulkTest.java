package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.event.ImageSummary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Many requests in one. */
@Timeout(120)
class BulkTest {
  private static final Duration SHORT = Duration.ofSeconds(2);

  @TempDir Path folder;
  private ApiFixture api;

  @BeforeEach
  void start() throws Exception {
    api = new ApiFixture(folder);
  }

  @AfterEach
  void stop() throws Exception {
    api.confirmed.complete(null);
    api.close();
  }

  @Test
  void eachLineIsAnsweredInOrderAndABadOneStopsNoOther() throws Exception {
    // When
    HttpResponse<String> answer =
        bulk(
            "/v1/builds",
            build("one"),
            "no json",
            build("NO TAG"),
            "",
            build("two").replace("FROM scratch", "FRM scratch"),
            build("three"));

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/x-ndjson");
    List<JsonNode> lines = lines(answer);
    assertThat(lines).extracting(line -> line.path("line").asInt()).containsExactly(1, 2, 3, 5, 6);
    assertThat(lines)
        .extracting(line -> line.path("status").asInt())
        .containsExactly(202, 400, 422, 422, 202);
    assertThat(lines)
        .extracting(line -> line.path("problem").path("code").asString(""))
        .containsExactly("", "malformed", "invalid-request", "dockerfile", "");
    assertThat(lines.get(3).path("problem").path("line").asInt()).isEqualTo(1);
    assertThat(api.sent)
        .extracting(ApiFixture.Sent::key)
        .containsExactly(lines.get(0).path("id").asString(), lines.get(4).path("id").asString());
    assertThat(api.get("/v1/builds/" + lines.get(4).path("id").asString()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void theLastLineNeedsNoEnd() throws Exception {
    assertThat(lines(send("/v1/builds", build("one") + "\r\n" + build("two")))).hasSize(2);
    assertThat(send("/v1/builds", "").statusCode()).isEqualTo(200);
  }

  @Test
  void anIdIsTakenOnceAndOnlyForOneRequest() throws Exception {
    // Given the first one is on its way
    api.confirmed = new CompletableFuture<>();
    String mine = build("one").replace("{\"tag\"", "{\"id\":\"mine\",\"tag\"");
    Future<HttpResponse<String>> answer =
        CompletableFuture.supplyAsync(
            () -> unchecked(() -> bulk("/v1/builds", mine, mine, mine.replace("one", "other"))));
    await().until(() -> api.sent.size() == 1);

    // When
    api.confirmed.complete(null);

    // Then
    assertThat(lines(answer.get()))
        .extracting(line -> line.path("status").asInt())
        .containsExactly(202, 202, 409);
    assertThat(lines(bulk("/v1/builds", mine)))
        .extracting(line -> line.path("status").asInt())
        .containsExactly(202);
    assertThat(api.sent).hasSize(1);
  }

  @Test
  void aKeyStandsForEachLineByItsNumber() throws Exception {
    List<JsonNode> first = lines(keyed("k", build("one"), build("two")));
    List<JsonNode> again = lines(keyed("k", build("one"), build("two"), build("three")));
    List<JsonNode> moved = lines(keyed("k", build("two")));

    assertThat(again.subList(0, 2)).isEqualTo(first);
    assertThat(moved.getFirst().path("problem").path("code").asString()).isEqualTo("id-in-use");
    assertThat(api.sent).hasSize(3);
  }

  @Test
  void aHundredSendersOfOneKeyMakeOneRecord() throws Exception {
    // Given
    api.confirmed = new CompletableFuture<>();
    List<CompletableFuture<HttpResponse<String>>> answers =
        IntStream.range(0, 100)
            .mapToObj(i ->
                CompletableFuture.supplyAsync(
                    () ->
                        unchecked(() ->
                            api.send(
                                api.request("/v1/builds")
                                    .header("Idempotency-Key", "k")
                                    .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                            build(i == 99 ? "other" : "one"))))),
                    command -> Thread.ofVirtual().start(command)))
            .toList();
    await().until(() -> !api.sent.isEmpty());

    // When
    api.confirmed.complete(null);

    // Then
    List<HttpResponse<String>> all = answers.stream().map(CompletableFuture::join).toList();
    assertThat(api.sent).hasSize(1);
    boolean otherWasFirst = api.sent.getFirst().value().contains("other");
    assertThat(all.stream().filter(answer -> answer.statusCode() == 202))
        .hasSize(otherWasFirst ? 1 : 99);
    assertThat(all.stream().filter(answer -> answer.statusCode() == 409))
        .hasSize(otherWasFirst ? 99 : 1);
  }

  @Test
  void aNameIsOneVmsAlsoWhileItIsOnItsWay() throws Exception {
    // Given
    Digest digest = new Digest("sha256:" + "a".repeat(64));
    api.views.apply(
        new ImageDocument(
            "web:latest", new ImageSummary(digest, List.of(), 1, "b", "w"), Instant.EPOCH));
    api.confirmed = new CompletableFuture<>();
    String vm = "{\"image\":\"web\",\"name\":\"mine\"}";

    // When
    Future<HttpResponse<String>> answer =
        CompletableFuture.supplyAsync(() -> unchecked(() -> bulk("/v1/vms", vm, vm)));
    await().until(() -> api.sent.size() == 1);
    api.confirmed.complete(null);

    // Then
    assertThat(lines(answer.get()))
        .extracting(line -> line.path("status").asInt())
        .containsExactly(202, 409);
    assertThat(lines(bulk("/v1/vms", vm)).getFirst().path("problem").path("code").asString())
        .isEqualTo("name-in-use");
  }

  @Test
  void aLineThatIsTooLongIsRefusedAlone() throws Exception {
    List<JsonNode> lines = lines(bulk("/v1/builds", "x".repeat(JsonBody.LIMIT + 1), build("one")));

    assertThat(lines).extracting(line -> line.path("status").asInt()).containsExactly(413, 202);
  }

  @Test
  void withoutKafkaEachLineIsToldToComeAgain() throws Exception {
    api.kafkaAnswers = false;

    List<JsonNode> lines = lines(bulk("/v1/builds", build("one"), build("two"), build("three")));

    assertThat(lines)
        .extracting(line -> line.path("status").asInt())
        .containsExactly(503, 503, 503);
  }

  @Test
  void linesAreAnsweredWhileTheNextOnesAreStillToCome() throws Exception {
    try (Socket socket = api.connect()) {
      BufferedReader answers = open(socket);
      for (int i = 0; i < 3; i++) {
        chunk(socket.getOutputStream(), build("one") + "\n");

        assertThat(next(answers)).contains("\"status\":202").contains("\"line\":" + (i + 1));
      }
      socket.getOutputStream().write(bytes("0\r\n\r\n"));
      assertThat(answers.readLine()).isEmpty();
      assertThat(answers.readLine()).isEqualTo("0");
      assertThat(answers.readLine()).isEmpty();
      // And the connection goes on
      socket.getOutputStream().write(bytes("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
      assertThat(answers.readLine()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void linesAreOnTheirWayTogetherButNotMoreThanAMebibyte() throws Exception {
    // Given
    api.confirmed = new CompletableFuture<>();
    try (Socket socket = api.connect()) {
      BufferedReader answers = open(socket);
      String line = build("one").replace("FROM", "#" + "x".repeat(10_000) + "\\nFROM") + "\n";
      int all = 300;
      Future<?> sender =
          CompletableFuture.runAsync(() ->
              unchecked(() -> {
                for (int i = 0; i < all; i++) {
                  chunk(socket.getOutputStream(), line);
                }
                socket.getOutputStream().write(bytes("0\r\n\r\n"));
                return all;
              }));

      // Then
      int most = (1 << 20) / line.length();
      await().until(() -> api.sent.size() == most);
      await().during(300, TimeUnit.MILLISECONDS).until(() -> api.sent.size() == most);

      // When
      api.confirmed.complete(null);

      // Then
      for (int i = 0; i < all; i++) {
        assertThat(next(answers)).contains("\"status\":202");
      }
      sender.get();
    }
  }

  @Test
  void whoReadsNoAnswersIsReadNoFurtherAndLosesNothing() throws Exception {
    int all = 150_000;
    try (Socket socket = api.connect()) {
      BufferedReader answers = open(socket);
      String line = "x" + " ".repeat(300) + "\n";
      String many = line.repeat(1000);
      Future<?> sender =
          CompletableFuture.runAsync(() ->
              unchecked(() -> {
                for (int i = 0; i < all / 1000; i++) {
                  chunk(socket.getOutputStream(), many);
                }
                socket.getOutputStream().write(bytes("0\r\n\r\n"));
                return all;
              }));
      // The answers are more than sockets hold.
      await().during(1, TimeUnit.SECONDS).until(() -> !sender.isDone());

      for (int i = 1; i <= all; i++) {
        assertThat(next(answers)).startsWith("{\"line\":" + i + ",\"status\":400");
      }
      sender.get();
    }
  }

  @Test
  void aClientThatStopsInTheMiddleIsToldSoAfterItsLines() throws Exception {
    api.close();
    api =
        new ApiFixture(
            folder, new HttpPatience(SHORT, SHORT, SHORT, SHORT, Duration.ofMinutes(1), SHORT));
    try (Socket socket = api.connect()) {
      BufferedReader answers = open(socket);
      chunk(socket.getOutputStream(), build("one") + "\n{\"tag\":");

      assertThat(next(answers)).contains("\"status\":202");
      assertThat(next(answers)).contains("\"line\":2").contains("\"status\":408");
    }
  }

  @Test
  void aLineThatNeverEndsIsNotWaitedForHoweverItDrips() throws Exception {
    api.close();
    api =
        new ApiFixture(
            folder, new HttpPatience(SHORT, SHORT, SHORT, SHORT, Duration.ofMinutes(1), SHORT));
    try (Socket socket = api.connect()) {
      BufferedReader answers = open(socket);
      chunk(socket.getOutputStream(), build("one") + "\n{");
      assertThat(next(answers)).contains("\"status\":202");

      Thread dripping =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (true) {
                    chunk(socket.getOutputStream(), " ");
                    Thread.sleep(SHORT.dividedBy(10));
                  }
                } catch (IOException | InterruptedException e) {
                  // The connection has ended, and what was to be seen was.
                }
              });

      assertThat(next(answers)).contains("\"line\":2", "\"status\":408", "too slowly");
      dripping.interrupt();
      dripping.join();
    }
  }

  private BufferedReader open(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write(
            bytes(
                String.join(
                    "\r\n",
                    "POST /v1/builds HTTP/1.1",
                    "Host: x",
                    api.authorization(),
                    "Content-Type: application/x-ndjson",
                    "Transfer-Encoding: chunked",
                    "",
                    "")));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      assertThat(line.toLowerCase(java.util.Locale.ROOT)).isNotEqualTo("connection: close");
    }
    return in;
  }

  /** The next answer, between the sizes of chunks. */
  private static String next(BufferedReader in) throws IOException {
    String line = in.readLine();
    while (!line.startsWith("{")) {
      line = in.readLine();
    }
    // Chunks may end within an answer.
    while (!line.endsWith("}")) {
      in.readLine();
      line += in.readLine();
    }
    return line;
  }

  private static void chunk(OutputStream out, String text) throws IOException {
    byte[] bytes = bytes(text);
    out.write(bytes(Integer.toHexString(bytes.length) + "\r\n"));
    out.write(bytes);
    out.write(bytes("\r\n"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String build(String tag) {
    return "{\"tag\":\"%s\",\"source\":{\"dockerfile\":\"FROM scratch\\n\"}}".formatted(tag);
  }

  private HttpResponse<String> bulk(String path, String... lines) throws Exception {
    return send(path, String.join("\n", lines) + "\n");
  }

  private HttpResponse<String> keyed(String key, String... lines) throws Exception {
    return api.send(lines("/v1/builds", String.join("\n", lines)).header("Idempotency-Key", key));
  }

  private HttpResponse<String> send(String path, String body) throws Exception {
    return api.send(lines(path, body));
  }

  private HttpRequest.Builder lines(String path, String body) {
    return api.request(path)
        .header("Content-Type", "application/x-ndjson")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static List<JsonNode> lines(HttpResponse<String> answer) {
    return answer.body().lines().map(line -> Json.mapper().readTree(line)).toList();
  }

  private interface Throwing<T> {
    T get() throws Exception;
  }

  private static <T> T unchecked(Throwing<T> what) {
    try {
      return what.get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
