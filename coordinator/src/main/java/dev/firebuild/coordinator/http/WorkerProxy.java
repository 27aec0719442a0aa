package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.view.Views;
import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.messaging.http.SilenceLimit;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.resource.Problem;
import dev.firebuild.protocol.resource.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** Passes on what only a worker has. */
final class WorkerProxy implements AutoCloseable {
  private static final int PIECE = 64 * 1024;
  private static final int ERROR_LIMIT = 4096;

  private final Views views;
  private final BearerToken token;
  private final HttpPatience patience;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  WorkerProxy(Views views, BearerToken token, HttpPatience patience) {
    this.patience = patience;
    this.views = views;
    this.token = token;
  }

  /** Answers {@code exchange} with what {@code worker} has at {@code path}, as it comes. */
  void pass(Exchange exchange, String worker, String path)
      throws IOException, InterruptedException {
    String url =
        views
            .workerUrl(worker)
            .orElseThrow(() ->
                Problems.badGateway(
                    "the worker %s is not known here; is it running?".formatted(worker)));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(patience.worker())
            .header("Authorization", token.authorization())
            .build();
    HttpResponse<InputStream> response;
    try {
      response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw Problems.badGateway(
          "asking the worker %s at %s: %s; is it running?".formatted(worker, url, e));
    }
    try (InputStream body = new SilenceLimit(response.body(), patience.worker())) {
      if (response.statusCode() != 200) {
        throw refusal(worker, response.statusCode(), body);
      }
      exchange.begin(
          response.headers().firstValue("Content-Type").orElse("application/octet-stream"));
      copy(exchange, body);
    }
  }

  private static void copy(Exchange exchange, InputStream body) throws IOException {
    byte[] piece = new byte[PIECE];
    for (int n = body.read(piece); n >= 0; n = body.read(piece)) {
      if (!exchange.write(Arrays.copyOf(piece, n))) {
        return;
      }
    }
    exchange.end();
  }

  private static ProblemException refusal(String worker, int status, InputStream body)
      throws IOException {
    String text = new String(body.readNBytes(ERROR_LIMIT), StandardCharsets.UTF_8);
    return status == 404
        ? new ProblemException(
            Problem.of(
                404, "not-found", "Not found", "the worker %s says: %s".formatted(worker, text)))
        : Problems.badGateway("the worker %s answers %d: %s".formatted(worker, status, text));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
