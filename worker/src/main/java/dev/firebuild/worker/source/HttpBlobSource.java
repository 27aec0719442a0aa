package dev.firebuild.worker.source;

import dev.firebuild.messaging.http.SilenceLimit;
import dev.firebuild.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.function.Supplier;

/** Blobs of a coordinator or worker: {@code GET /v1/blobs/DIGEST} with a bearer token. */
public final class HttpBlobSource implements BlobSource {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** For the head of the answer, and for each further part of the body. */
  private static final Duration SILENCE = Duration.ofSeconds(60);

  private final HttpClient client;
  private final Duration silence;
  private final URI base;
  private final Supplier<String> token;

  /**
   * @param base for example {@code http://127.0.0.1:7080}
   * @param token asked for every request, so that a renewed one is used
   */
  public HttpBlobSource(URI base, Supplier<String> token) {
    this(base, token, SILENCE);
  }

  HttpBlobSource(URI base, Supplier<String> token, Duration silence) {
    this.silence = silence;
    this.base = base;
    this.token = token;
    this.client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
  }

  @Override
  public boolean copy(Digest digest, OutputStream out) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("/v1/blobs/" + digest))
            .header("Authorization", "Bearer " + token.get())
            .timeout(silence)
            .GET()
            .build();
    try {
      return copy(request, out);
    } catch (HttpTimeoutException e) {
      throw new IOException("GET %s: %s".formatted(request.uri(), e.getMessage()), e);
    }
  }

  private boolean copy(HttpRequest request, OutputStream out)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = new SilenceLimit(response.body(), silence)) {
      return switch (response.statusCode()) {
        case HttpURLConnection.HTTP_OK -> {
          body.transferTo(out);
          yield true;
        }
        case HttpURLConnection.HTTP_NOT_FOUND -> false;
        default ->
            throw new IOException(
                "GET %s answered %d".formatted(request.uri(), response.statusCode()));
      };
    }
  }
}
