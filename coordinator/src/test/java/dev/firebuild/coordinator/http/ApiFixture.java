package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.blob.BlobStore;
import dev.firebuild.coordinator.feed.EventFeed;
import dev.firebuild.coordinator.feed.History;
import dev.firebuild.coordinator.feed.Position;
import dev.firebuild.coordinator.feed.RecentEvents;
import dev.firebuild.coordinator.feed.StoredEvent;
import dev.firebuild.coordinator.submit.RecordLog;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.recordcheck.CheckedClient;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The API over records in memory, and a client of it. */
final class ApiFixture {
  static final String TOKEN = "0123456789abcdef-test";
  static final long BLOB_LIMIT = 1000;

  final Views views = new Views();
  final List<Sent> sent = new CopyOnWriteArrayList<>();
  volatile boolean kafkaAnswers = true;

  /** What was sent is durable when this is complete. */
  volatile CompletableFuture<?> confirmed = CompletableFuture.completedFuture("at once");

  volatile Optional<String> notReady = Optional.empty();

  /** Values of dead letters, by id. */
  final Map<String, byte[]> letters = new ConcurrentHashMap<>();

  private final RecentEvents recent = new RecentEvents(64 << 20);
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = CheckedClient.of(HttpClient.newHttpClient());
  private final HttpApi api;
  private long offset;

  record Sent(String topic, String key, String value) {}

  ApiFixture(Path folder) throws Exception {
    this(folder, HttpPatience.DEFAULT);
  }

  ApiFixture(Path folder, HttpPatience patience) throws Exception {
    recent.start(1);
    api =
        HttpApi.start(
            vertx,
            "127.0.0.1",
            0,
            new HttpApi.Parts(
                views,
                new EventFeed(recent, new NoHistory(), views.subjects()),
                id -> Optional.ofNullable(letters.get(id)),
                new MemoryLog(),
                Topics.DEFAULT,
                new BlobStore(folder, BLOB_LIMIT, InstantSource.system()),
                new BearerToken(TOKEN),
                () -> notReady,
                new Random(1),
                InstantSource.system(),
                patience));
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + api.port() + path);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + TOKEN);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest.Builder request) {
    return client.sendAsync(
        request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  HttpResponse<InputStream> open(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  HttpResponse<String> post(String path, String json) throws Exception {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  /** What is answered to these lines of a head, up to where it pauses or ends. */
  String raw(String... head) throws IOException {
    try (Socket socket = connect()) {
      String text = String.join("\r\n", head) + "\r\n\r\n";
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      byte[] answer = new byte[4096];
      int read = socket.getInputStream().read(answer);
      return new String(answer, 0, Math.max(read, 0), StandardCharsets.US_ASCII);
    }
  }

  /** A connection; reading from it ends after 10 s. */
  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  String authorization() {
    return "Authorization: Bearer " + TOKEN;
  }

  /** Something happened, at the next offset of partition 0. */
  void event(String subject, int attempt, String instance, long seq, EventData data) {
    Event event =
        new Event(
            instance + "-" + seq, "worker-a", subject, Instant.now(), attempt, instance, seq, data);
    StoredEvent stored =
        new StoredEvent(0, offset++, System.currentTimeMillis(), event.value().length, event);
    views.subjects().add(0, stored.offset(), stored.timestamp(), event);
    recent.add(stored);
    recent.signal();
  }

  void close() throws Exception {
    api.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    client.shutdownNow();
  }

  private final class MemoryLog implements RecordLog {
    @Override
    public CompletableFuture<Instant> send(String topic, String key, byte[] value, Pace pace) {
      if (!kafkaAnswers) {
        return CompletableFuture.failedFuture(
            new UnavailableException(
                "appending to %s: no answer".formatted(topic), new IOException("down")));
      }
      CompletableFuture<Instant> sending = new CompletableFuture<>();
      sent.add(new Sent(topic, key, new String(value, StandardCharsets.UTF_8)));
      var _ = confirmed.whenComplete((_, _) -> sending.complete(Instant.now()));
      return sending;
    }

    @Override
    public void close() {}
  }

  /** All events of these tests are recent. */
  private static final class NoHistory implements History {
    @Override
    public Page read(Position from, Position to) {
      throw new AssertionError("no history is needed");
    }

    @Override
    public Position beginning(Position position) {
      return Position.of(0, 0);
    }

    @Override
    public Position at(Instant time, Position position) {
      return Position.of(0, 0);
    }
  }
}
