package dev.firebuild.systemtest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.recordcheck.CheckedClient;
import dev.firebuild.systemtest.harness.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A coordinator with a heap of its own, that can be killed and started again. */
final class CoordinatorProcess implements AutoCloseable {
  static final String TOKEN = "0123456789abcdef-test";
  private static final Duration READY = Duration.ofSeconds(60);

  private final String id;
  private final Path folder;
  private final Map<String, String> kafka;
  private final String heap;
  private final int port = FreePorts.one();
  private final HttpClient client = CheckedClient.create();
  private Optional<Process> process = Optional.empty();

  /**
   * One that is not started yet.
   *
   * @param heap at most so much, as {@code -Xmx} has it
   */
  CoordinatorProcess(String id, Path folder, Map<String, String> kafka, String heap) {
    this.id = id;
    this.folder = folder;
    this.kafka = Map.copyOf(kafka);
    this.heap = heap;
  }

  /** Starts it and waits until it is ready. */
  CoordinatorProcess start() throws IOException {
    List<String> argv = new ArrayList<>();
    argv.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-Xmx" + heap,
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            CoordinatorMain.class.getName(),
            id,
            String.valueOf(port),
            Files.createDirectories(folder.resolve("blobs")).toString()));
    kafka.forEach((name, value) -> argv.addAll(List.of(name, value)));
    process =
        Optional.of(
            new ProcessBuilder(argv)
                .redirectOutput(Redirect.appendTo(log().toFile()))
                .redirectErrorStream(true)
                .start());
    await(id)
        .atMost(READY)
        .until(() -> {
          assertThat(running().isAlive()).as(log()::toString).isTrue();
          return isReady();
        });
    return this;
  }

  private boolean isReady() throws InterruptedException {
    try {
      return client
              .send(
                  HttpRequest.newBuilder(URI.create(url() + "/readyz")).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  Process running() {
    return process.orElseThrow(() -> new IllegalStateException(id + " was never started"));
  }

  /** Its standard output and error. */
  Path log() {
    return folder.resolve(id + ".log");
  }

  String logs() {
    try {
      return Files.readString(log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url() + path))
        .timeout(READY)
        .header("Authorization", "Bearer " + TOKEN);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  /** Ends it at once, as a power cut would. */
  void kill() throws InterruptedException {
    running().destroyForcibly();
    running().waitFor();
  }

  @Override
  public void close() {
    try {
      if (process.isPresent()) {
        kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.shutdownNow();
  }
}
