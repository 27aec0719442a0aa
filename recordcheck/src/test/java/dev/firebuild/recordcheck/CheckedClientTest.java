package dev.firebuild.recordcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckedClientTest {
  private static final String DOCUMENT =
      """
      {"paths": {"/v1/thing": {"get": {"responses": {"200": {"content": {
         "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}}}},
       "components": {"schemas": {
         "Thing": {"type": "object", "properties": {"name": {"type": "string"}}}}}}
      """;

  private final CheckedClient client =
      new CheckedClient(HttpClient.newHttpClient(), new AtomicReference<>());
  private HttpServer server;

  /** Before it only the beginning of an answer's body is sent. */
  private volatile CountDownLatch asked = new CountDownLatch(0);

  private volatile int described = 200;
  private volatile String thing = "{\"name\":\"x\"}";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/openapi.json", exchange -> answer(exchange, described, DOCUMENT));
    server.createContext("/v1/thing", this::answerWhenAsked);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void anAnswerAsDescribedIsPassedOn() throws Exception {
    try (client) {
      assertThat(client.send(request(), BodyHandlers.ofString()).body()).isEqualTo(" " + thing);
      assertThat(client.sendAsync(request(), BodyHandlers.ofString()).join().body())
          .isEqualTo(" " + thing);
    }
  }

  @Test
  void aWrongAnswerFailsTheCallAndTheClosing() {
    thing = "{\"name\":1}";

    assertThatThrownBy(() -> client.send(request(), BodyHandlers.ofString()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("string expected");
    assertThatThrownBy(client::close).isInstanceOf(AssertionError.class);
  }

  @Test
  void aWrongAnswerFailsTheCallThatIsNotWaitedFor() {
    thing = "{\"name\":1}";

    assertThatThrownBy(() -> client.sendAsync(request(), BodyHandlers.ofString()).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(AssertionError.class);
    assertThatThrownBy(client::close).isInstanceOf(AssertionError.class);
  }

  @Test
  void aWrongAnswerThatIsReadAsItComesFailsTheClosing() throws Exception {
    thing = "{\"name\":1}";
    asked = new CountDownLatch(1);
    try (InputStream body = client.send(request(), BodyHandlers.ofInputStream()).body()) {
      asked.countDown();
      assertThat(body.readAllBytes()).asString().isEqualTo(" " + thing);
    }

    assertThatThrownBy(client::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("string expected");
  }

  @Test
  void whoDescribesNothingFailsTheCall() throws Exception {
    described = 500;
    try (client) {
      assertThatThrownBy(() -> client.send(request(), BodyHandlers.ofString()))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("/openapi.json: status 500 instead of 200");
      assertThatThrownBy(() -> client.sendAsync(request(), BodyHandlers.ofString()))
          .isInstanceOf(AssertionError.class);

      // Whoever comes later is checked nevertheless
      described = 200;
      assertThat(client.send(request(), BodyHandlers.ofString()).body()).isEqualTo(" " + thing);
    }
  }

  private HttpRequest request() {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/thing"))
        .build();
  }

  private void answerWhenAsked(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, 0);
      OutputStream body = exchange.getResponseBody();
      body.write(' ');
      // The server keeps even the head back until it must be sent.
      body.flush();
      if (!asked.await(10, TimeUnit.SECONDS)) {
        throw new IOException("nobody asked for the rest");
      }
      body.write(thing.getBytes(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
