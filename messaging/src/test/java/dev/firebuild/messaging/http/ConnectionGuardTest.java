package dev.firebuild.messaging.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** At most three connections at once. Reads that take 10 s fail the test. */
@Timeout(60)
class ConnectionGuardTest {
  private final List<Socket> sockets = new ArrayList<>();
  private final Queue<HttpServerRequest> waiting = new ConcurrentLinkedQueue<>();
  private Vertx vertx;
  private HttpServer server;
  private ConnectionGuard guard;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    server =
        vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false).setPort(0));
    guard = ConnectionGuard.of(vertx, server, HttpPatience.DEFAULT, /* most= */ 3);
    server
        .requestHandler(request -> {
          if (!guard.begun(request)) {
            var _ = request.response().setStatusCode(503).end();
          } else if (request.path().equals("/wait")) {
            guard.handed(request);
            waiting.add(request);
          } else {
            request.response().endHandler(_ -> guard.answered(request));
            var _ = request.response().end();
          }
        })
        .listen()
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    guard.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void ofTooManyTheOneGoesThatWasIdleForLongest() throws Exception {
    Socket first = connect();
    Socket second = connect();
    Socket third = connect();
    assertThat(ask(first, "/")).startsWith("HTTP/1.1 200");
    assertThat(ask(third, "/")).startsWith("HTTP/1.1 200");

    assertThat(ask(connect(), "/")).startsWith("HTTP/1.1 200");

    assertThat(second.getInputStream().read()).isNegative();
    assertThat(ask(first, "/")).startsWith("HTTP/1.1 200");
    assertThat(ask(third, "/")).startsWith("HTTP/1.1 200");
  }

  @Test
  void whenAllAreInUseTheNextOneIsRefused() throws Exception {
    for (int i = 0; i < 3; i++) {
      connect().getOutputStream().write(head("/wait"));
    }
    await().until(() -> waiting.size() == 3);

    assertThat(ask(connect(), "/")).startsWith("HTTP/1.1 503");

    // And served when there is room again
    sockets.getFirst().close();
    await().until(() -> ask(connect(), "/").startsWith("HTTP/1.1 200"));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
    socket.setSoTimeout(10_000);
    sockets.add(socket);
    return socket;
  }

  private static String ask(Socket socket, String path) throws IOException {
    socket.getOutputStream().write(head(path));
    byte[] answer = new byte[4096];
    int n = socket.getInputStream().read(answer);
    return new String(answer, 0, Math.max(n, 0), StandardCharsets.US_ASCII);
  }

  private static byte[] head(String path) {
    return "GET %s HTTP/1.1\r\nHost: x\r\n\r\n".formatted(path).getBytes(StandardCharsets.US_ASCII);
  }
}
