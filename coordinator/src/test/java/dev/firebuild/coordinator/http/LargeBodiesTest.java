package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many clients that send large requests slowly; each of them is one that may. */
class LargeBodiesTest {
  private static final int CLIENTS = 120;
  private static final int SENT = 900 << 10;

  /** Of these clients, so many fill the memory for all. */
  private static final int FIT = BodyMemory.DEFAULT / (SENT - JsonBody.FREE);

  private static final String SMALL =
      "{\"tag\":\"demo/small:1\",\"source\":{\"dockerfile\":\"FROM scratch\\n\"}}";

  @TempDir Path folder;
  private ApiFixture api;
  private final List<Socket> sockets = new ArrayList<>();
  private final List<String> answers = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    api = new ApiFixture(folder);
  }

  @AfterEach
  void stop() throws Exception {
    leave();
    api.close();
  }

  @Test
  void whatSlowClientsHaveSentIsBoundedAndOthersAreServed() throws Exception {
    // When
    fill();

    // Then those for whom there is no memory are told, and the others keep theirs
    assertThat(answers)
        .hasSize(CLIENTS - FIT)
        .allSatisfy(answer ->
            assertThat(answer)
                .startsWith("HTTP/1.1 503")
                .containsIgnoringCase("Retry-After: 2")
                .contains("\"code\":\"too-many-bodies\""));
    assertThat(api.post("/v1/builds", SMALL).statusCode()).isEqualTo(202);
    assertThat(api.post("/v1/builds/none/cancel", "{}").statusCode()).isEqualTo(404);
    HttpResponse<String> large = api.post("/v1/builds", large());
    assertThat(large.statusCode()).isEqualTo(503);
    assertThat(large.body()).contains("too-many-bodies");
    assertSmallLinesAreTaken();

    // When they go, what they had is there for others
    leave();
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(api.post("/v1/builds", large()).statusCode()).isEqualTo(202));
  }

  private void assertSmallLinesAreTaken() throws Exception {
    int many = 10;
    long begin = System.nanoTime();
    HttpResponse<String> answer =
        api.send(
            api.request("/v1/builds")
                .header("Content-Type", Route.LINES)
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        SMALL + "\n" + (large() + "\n").repeat(many))));
    List<String> lines = answer.body().lines().toList();
    assertThat(lines).hasSize(1 + many);
    assertThat(lines.getFirst()).contains("\"status\":202");
    assertThat(lines.subList(1, lines.size()))
        .allSatisfy(line -> assertThat(line).contains("\"status\":503", "too-many-bodies"));
    // Only the first of them waits 2 s for memory
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(many));
  }

  @Test
  void whoWaitsForTheEndOfABuildKeepsNoMemoryOfItsRequest() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < FIT + 2; i++) {
      int expected = i + 1;
      waiting.add(
          api.sendAsync(
              api.request("/v1/builds")
                  .header("Prefer", "wait=30")
                  .POST(HttpRequest.BodyPublishers.ofString(large()))));
      await().pollInterval(Duration.ofMillis(2)).until(() -> api.sent.size() == expected);
    }

    assertThat(waiting).noneMatch(CompletableFuture::isDone);
  }

  /** One after another sends all but the end of what it announces; more than there is room for. */
  private void fill() throws Exception {
    byte[] part =
        ("{\"a\":\"" + "x".repeat(SENT)).substring(0, SENT).getBytes(StandardCharsets.US_ASCII);
    String head =
        String.join(
            "\r\n",
            "POST /v1/builds HTTP/1.1",
            "Host: x",
            api.authorization(),
            "Content-Length: " + (1 << 20),
            "",
            "");
    for (int i = 0; i < CLIENTS; i++) {
      long kept = (long) (SENT - JsonBody.FREE) * (i - answers.size() + 1);
      Socket socket = api.connect();
      sockets.add(socket);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(part);
      await()
          .atMost(Duration.ofSeconds(30))
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> socket.getInputStream().available() > 0 || taken() == kept);
      if (taken() < kept) {
        byte[] answer = new byte[4096];
        int read = socket.getInputStream().read(answer);
        answers.add(new String(answer, 0, read, StandardCharsets.US_ASCII));
      }
    }
  }

  /** What the metric says of the memory for requests. */
  private long taken() throws Exception {
    return api.get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("firebuild_http_body_bytes "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  private void leave() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** One more than there is room for, when all that slow clients could keep is kept. */
  private static String large() {
    return "{\"padding\":\"%s\",%s".formatted("x".repeat(SENT), SMALL.substring(1));
  }
}
