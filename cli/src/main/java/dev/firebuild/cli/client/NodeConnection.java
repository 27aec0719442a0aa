package dev.firebuild.cli.client;

import dev.firebuild.messaging.http.SilenceLimit;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.resource.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What asks one node, and says for people why an answer is none. */
final class NodeConnection implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int PROBLEM_LIMIT = 1 << 20;

  private final NodeAddress node;
  private final HttpClient http;
  private final Duration patience;

  /**
   * Asks {@code node} through {@code http}, which it closes in the end.
   *
   * @param patience with the text of a refusal
   */
  NodeConnection(NodeAddress node, HttpClient http, Duration patience) {
    this.node = node;
    this.http = http;
    this.patience = patience;
  }

  /** The body of the answer, if it is no refusal; a read waits at most {@code silence}. */
  InputStream checked(HttpRequest request, Duration silence) {
    HttpResponse<InputStream> response = send(request);
    if (response.statusCode() / 100 != 2) {
      throw refusal(request, response);
    }
    return new SilenceLimit(response.body(), silence);
  }

  /** The answer to {@code request}, whose body is {@code upload}. */
  HttpResponse<byte[]> send(HttpRequest request, Upload upload) {
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
    try {
      while (true) {
        try {
          return answer.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          upload.requireProgress();
        }
      }
    } catch (ExecutionException e) {
      throw silent(request, e.getCause() instanceof IOException io ? io : new IOException(e));
    } catch (IOException e) {
      throw silent(request, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException("interrupted", e);
    } finally {
      answer.cancel(true);
    }
  }

  /** The answer to {@code request}, with its body as it comes. */
  HttpResponse<InputStream> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw silent(request, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException("interrupted", e);
    }
  }

  /** What to tell of a {@code request} that is not answered. */
  CliException silent(HttpRequest request, IOException e) {
    return new NoAnswer(node, request.method() + " " + request.uri().getPath(), e).explained();
  }

  /** What {@code response}, which is none of success, tells. */
  ApiException refusal(HttpRequest request, HttpResponse<InputStream> response) {
    return refusal(request, response, new SilenceLimit(response.body(), patience));
  }

  /** The same of one whose body is {@code answer}. */
  static ApiException refusal(HttpRequest request, HttpResponse<?> response, InputStream answer) {
    try (InputStream body = answer) {
      byte[] bytes = body.readNBytes(PROBLEM_LIMIT);
      if (response.headers().firstValue("Content-Type").orElse("").startsWith(Problem.MEDIA_TYPE)) {
        return new ApiException(Json.read(bytes, Problem.class));
      }
    } catch (IOException | IllegalArgumentException e) {
      // An answer that is no problem document is told by its status.
    }
    return new ApiException(
        Problem.of(
            response.statusCode(),
            "http-" + response.statusCode(),
            "Refused",
            "%s %s: the server answers %d; is it a firebuild node?"
                .formatted(request.method(), request.uri().getPath(), response.statusCode())));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
