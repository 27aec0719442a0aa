package dev.firebuild.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.resource.EventFrame;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Nodes that accept a connection and then say nothing, or no more. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class SilentNodeTest {
  private static final String HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String EVENT =
      "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"s\",\"type\":\"t\",\"subject\":\"b\","
          + "\"time\":\"2026-01-01T00:00:00Z\",\"position\":\"0:7\",\"data\":{}}";

  @TempDir Path folder;
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private ServerSocket server;
  private ApiClient api;
  private volatile List<String> answers = List.of();

  @BeforeEach
  void start() throws Exception {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Duration wait = Duration.ofSeconds(1);
    api =
        new ApiClient(
            new NodeAddress(URI.create("http://127.0.0.1:" + server.getLocalPort()), "token"),
            ApiClient.http(),
            new Patience(wait, wait, wait, wait, Duration.ofSeconds(4)));
    Thread.ofVirtual().start(this::accept);
  }

  @AfterEach
  void stop() throws Exception {
    api.close();
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** Reads the head of each request, gives the next of the answers, and keeps the connection. */
  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        List<String> head = new ArrayList<>();
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
          head.add(line);
        }
        int asked = heads.size();
        heads.add(String.join("\n", head));
        if (asked < answers.size()) {
          socket.getOutputStream().write(answers.get(asked).getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException e) {
      // The test has ended.
    }
  }

  @Test
  void aNodeThatNeverAnswersIsSaidToBe() {
    assertSilent(() -> api.get("/v1/builds", JsonNode.class), "GET /v1/builds");
    assertSilent(() -> api.hasBlob(new Digest("sha256:" + "a".repeat(64))), "HEAD /v1/blobs/");
    assertSilent(() -> api.open("/v1/images/i/export"), "GET /v1/images/i/export");
    assertSilent(
        () -> new EventFollower(api).follow("/v1/events", true, (_, _) -> true), "GET /v1/events");
  }

  @Test
  void anAnswerThatStopsInTheMiddleIsSaidToDoSo() {
    answers = List.of(HEAD + "5\r\n{\"a\":\r\n", HEAD + "5\r\nbytes\r\n");

    assertSilent(() -> api.get("/v1/builds", JsonNode.class), "nothing came for 1 s");
    assertThatThrownBy(
            () -> {
              try (InputStream tar = api.open("/v1/images/i/export")) {
                var _ = tar.readAllBytes();
              }
            })
        .hasMessage("nothing came for 1 s");
  }

  @Test
  void whoWantsNoMoreIsAskedAlsoWhileNothingHappens() {
    // Given a heartbeat, and nothing more
    answers = List.of(HEAD + "1\r\n\n\r\n");
    AtomicInteger asked = new AtomicInteger();

    new EventFollower(api)
        .follow(
            "/v1/events",
            true,
            new EventFollower.Listener() {
              @Override
              public boolean on(String line, EventFrame frame) {
                throw new AssertionError(line);
              }

              @Override
              public boolean onSilence() {
                return asked.incrementAndGet() < 1;
              }
            });

    assertThat(asked).hasValue(1);
    assertThat(heads).hasSize(1);
  }

  @Test
  void anUploadThatNobodyTakesIsGivenUp() throws Exception {
    // Given: the first waits for the permission to send, the second has it and is not read
    Path file = Files.write(folder.resolve("blob"), new byte[20 << 20]);
    answers = List.of("", "HTTP/1.1 100 Continue\r\n\r\n");

    for (int i = 0; i < 2; i++) {
      assertSilent(
          () -> api.putBlob(new Digest("sha256:" + "a".repeat(64)), file), "took nothing for 1 s");
    }
  }

  @Test
  void aRefusedUploadIsExplainedBeforeItIsSent() throws Exception {
    Path file = Files.write(folder.resolve("blob"), new byte[20 << 20]);
    String problem =
        """
        {"type":"x","title":"t","status":507,"code":"disk-full","detail":"full"}
        """;
    answers =
        List.of(
            String.join(
                "\r\n",
                "HTTP/1.1 507 Full",
                "Content-Type: application/problem+json",
                "Connection: close",
                "Content-Length: " + problem.length(),
                "",
                problem));

    assertThatThrownBy(() -> api.putBlob(new Digest("sha256:" + "a".repeat(64)), file))
        .isInstanceOf(ApiException.class)
        .hasMessage("full");
  }

  @Test
  void aStreamThatFallsSilentIsAskedForAgainAndGivenUpInTheEnd() {
    // Given
    String line = EVENT + "\n";
    answers = List.of(HEAD + Integer.toHexString(line.length()) + "\r\n" + line + "\r\n");
    List<String> seen = new ArrayList<>();

    // When, Then
    assertSilent(
        () ->
            new EventFollower(api)
                .follow("/v1/events", true, (_, frame) -> seen.add(frame.position())),
        "GET /v1/events");
    assertThat(seen).containsExactly("0:7");
    assertThat(heads.size()).isBetween(3, 8);
    assertThat(heads.subList(1, heads.size()))
        .allMatch(head -> head.contains("Last-Event-ID: 0:7"));
  }

  @Test
  void signsOfLifeKeepAStream() throws Exception {
    // Given: nothing happens for longer than all patience, and then something does
    answers = List.of(HEAD);
    Thread.ofVirtual()
        .start(() -> {
          try {
            String line = EVENT + "\n";
            for (int i = 0; i < 12; i++) {
              Thread.sleep(500);
              String said = i == 11 ? line : "\n";
              sockets
                  .getFirst()
                  .getOutputStream()
                  .write(
                      (Integer.toHexString(said.length()) + "\r\n" + said + "\r\n")
                          .getBytes(StandardCharsets.US_ASCII));
            }
          } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
          }
        });

    // When
    new EventFollower(api).follow("/v1/events", true, (_, _) -> false);

    // Then
    assertThat(heads).hasSize(1);
  }

  private void assertSilent(ThrowingCallable call, String said) {
    assertThatThrownBy(call)
        .isInstanceOf(CliException.class)
        .hasMessageContaining(said)
        .hasMessageContaining("http://127.0.0.1:" + server.getLocalPort())
        .hasMessageContaining("log");
  }
}
