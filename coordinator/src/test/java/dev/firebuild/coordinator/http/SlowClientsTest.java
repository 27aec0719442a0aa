package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.event.WorkerEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that keep the API waiting. A read of these sockets that takes 10 s fails the test. */
class SlowClientsTest {
  private static final String BLOB =
      "/v1/blobs/sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  private static final Duration SHORT = Duration.ofMillis(700);

  @TempDir Path folder;
  private ApiFixture api;

  @BeforeEach
  void start() throws Exception {
    api =
        new ApiFixture(
            folder, new HttpPatience(SHORT, SHORT, SHORT, SHORT, Duration.ofMinutes(1), SHORT));
  }

  @AfterEach
  void stop() throws Exception {
    api.close();
  }

  @Test
  void aConnectionThatSendsNothingIsClosed() throws Exception {
    try (Socket socket = api.connect()) {
      assertThat(read(socket)).isEmpty();
    }
  }

  @Test
  void aHeadThatComesByteByByteIsNotWaitedForForEver() throws Exception {
    try (Socket socket = api.connect()) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              OutputStream out = socket.getOutputStream();
              out.write(ascii("GET /healthz HTTP/1.1\r\nX: "));
              while (true) {
                out.write('x');
                Thread.sleep(50);
              }
            } catch (IOException | InterruptedException e) {
              // Closed, as it should be.
            }
          });

      assertThat(read(socket)).isEmpty();
    }
  }

  @Test
  void aConnectionThatIsNotUsedAgainIsClosed() throws Exception {
    try (Socket socket = api.connect()) {
      socket.getOutputStream().write(ascii("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));

      assertThat(read(socket)).startsWith("HTTP/1.1 200").doesNotContainIgnoringCase("close");
    }
  }

  @Test
  void aJsonBodyThatStandsStillIsGivenUp() throws Exception {
    try (Socket socket = api.connect()) {
      send(socket, "POST /v1/builds HTTP/1.1", api.authorization(), "Content-Length: 100");
      socket.getOutputStream().write(ascii("{\"tag\":"));

      assertThat(read(socket)).isEmpty();
    }
  }

  @Test
  void anUploadThatStandsStillIsGivenUp() throws Exception {
    try (Socket socket = api.connect()) {
      send(socket, "PUT " + BLOB + " HTTP/1.1", api.authorization(), "Content-Length: 100");
      socket.getOutputStream().write(ascii("some"));

      assertThat(read(socket)).startsWith("HTTP/1.1 408").contains("\"timeout\"");
    }
  }

  @Test
  void anUploadThatMovesMayBeSlow() throws Exception {
    byte[] bytes = ascii("slow but sure");
    Digest digest =
        new Digest(
            "sha256:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    try (Socket socket = api.connect()) {
      send(
          socket,
          "PUT /v1/blobs/" + digest + " HTTP/1.1",
          api.authorization(),
          "Content-Length: " + bytes.length);
      for (byte b : bytes) {
        socket.getOutputStream().write(b);
        Thread.sleep(SHORT.dividedBy(5));
      }

      assertThat(read(socket)).startsWith("HTTP/1.1 201");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "401 PUT /v1/blobs/x",
        "413 PUT " + BLOB,
        "413 POST /v1/builds",
        "404 GET /v1/none",
        "405 PUT /v1/workers",
        "200 GET /v1/workers"
      })
  void theBodyThatNobodyWantsIsNotReadToItsEnd(String expected) throws Exception {
    // Given
    String[] words = expected.split(" ", 3);
    String authorization = words[0].equals("401") ? "X: y" : api.authorization();
    try (Socket socket = api.connect()) {
      send(
          socket,
          words[1] + " " + words[2] + " HTTP/1.1",
          authorization,
          "Content-Length: 1" + "0".repeat(12));
      byte[] piece = new byte[1 << 16];

      // When
      assertThatThrownBy(
              () -> {
                for (long sent = 0; sent < 1L << 30; sent += piece.length) {
                  socket.getOutputStream().write(piece);
                }
              })
          .isInstanceOf(SocketException.class);
    }

    // And one who sends on slowly has the answer
    try (Socket socket = api.connect()) {
      send(
          socket,
          words[1] + " " + words[2] + " HTTP/1.1",
          authorization,
          "Content-Length: 1" + "0".repeat(12));
      socket.getOutputStream().write(piece(1000));

      assertThat(read(socket))
          .startsWith("HTTP/1.1 " + words[0])
          .containsIgnoringCase("connection: close");
    }
  }

  @Test
  void theConnectionOfARefusalWithoutABodyIsKept() throws Exception {
    try (Socket socket = api.connect()) {
      for (int i = 0; i < 2; i++) {
        send(socket, "GET /v1/none HTTP/1.1");
        byte[] answer = new byte[4096];
        int n = socket.getInputStream().read(answer);

        assertThat(new String(answer, 0, n, StandardCharsets.US_ASCII))
            .startsWith("HTTP/1.1 401")
            .doesNotContainIgnoringCase("connection: close");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/event-stream", "application/x-ndjson"})
  void aStreamOnWhichNothingHappensIsNoFault(String type) throws Exception {
    var answer = api.open(api.request("/v1/events").header("Accept", type));
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      Thread.sleep(SHORT.multipliedBy(3));
      api.event("w", 1, "i", 1, new WorkerEvent.Stopping("i"));

      assertThat(lines.readLine()).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/event-stream", "application/x-ndjson"})
  void aReaderOfEventsThatTakesNothingIsDropped(String type) throws Exception {
    try (Socket socket = new Socket()) {
      // Given
      socket.setReceiveBufferSize(4096);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), api.uri("/").getPort()));
      send(socket, "GET /v1/events HTTP/1.1", api.authorization(), "Accept: " + type);
      byte[] output = ascii("x".repeat(48 * 1024));
      BuildEvent.Log log = new BuildEvent.Log(1, LogChunk.of("stdout", output));
      int count = 400;
      for (int i = 0; i < count; i++) {
        api.event("b", 1, "i", i + 1, log);
      }

      // Then
      await()
          .dontCatchUncaughtExceptions()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() ->
              assertThat(api.get("/metrics").body().lines()).contains("firebuild_http_open 1.0"));
      // What the system had taken for it, and an end.
      assertThat(read(socket).length()).isLessThan(count * output.length);
    }
  }

  @Test
  void whoWaitsLongBetweenTwoRequestsIsServed() throws Exception {
    for (int i = 0; i < 2; i++) {
      assertThat(api.send(HttpRequest.newBuilder(api.uri("/healthz"))).statusCode()).isEqualTo(200);
      Thread.sleep(SHORT.multipliedBy(2));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome"})
  void aWorkerThatFallsSilentIsNotWaitedForForEver(String says) throws Exception {
    try (ServerSocket worker = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      // Given
      String url = "http://127.0.0.1:" + worker.getLocalPort();
      api.views
          .workers()
          .apply(
              "w",
              new WorkerEvent.Started(
                  new WorkerEvent.WorkerInfo("i", 1, "v", "h", url, 1, 1, List.of())),
              Instant.now());
      Digest digest = new Digest("sha256:" + "a".repeat(64));
      api.views.apply(
          new ImageDocument(
              "demo:1", new ImageSummary(digest, List.of(digest), 5, "b", "w"), Instant.now()));
      CompletableFuture<Socket> asked = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              Socket socket = worker.accept();
              socket.getOutputStream().write(ascii(says));
              asked.complete(socket);
            } catch (IOException e) {
              asked.completeExceptionally(e);
            }
          });

      // When
      try (Socket socket = api.connect()) {
        send(socket, "GET /v1/images/demo:1/export HTTP/1.1", api.authorization());
        String answer = read(socket);

        // Then
        assertThat(answer).startsWith(says.isEmpty() ? "HTTP/1.1 502" : "HTTP/1.1 200");
        // The last chunk would say that this is the whole.
        assertThat(answer).doesNotContain("\r\n0\r\n");
      } finally {
        asked.get(10, TimeUnit.SECONDS).close();
      }
    }
  }

  private static void send(Socket socket, String... head) throws IOException {
    socket
        .getOutputStream()
        .write(ascii(String.join("\r\n", List.of(head)) + "\r\nHost: x\r\n\r\n"));
  }

  /** What comes until the server closes the connection. */
  private static String read(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  private static byte[] piece(int length) {
    return new byte[length];
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
