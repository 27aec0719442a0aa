package dev.firebuild.worker.source;

import dev.firebuild.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Supplier;

/** Blobs of a coordinator or worker: {@code GET /v1/blobs/DIGEST} with a bearer token. */
public final class HttpBlobSource implements BlobSource {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final HttpClient client;
  private final URI base;
  private final Supplier<String> token;

  /**
   * @param base for example {@code http://127.0.0.1:7080}
   * @param token asked for every request, so that a renewed one is used
   */
  public HttpBlobSource(URI base, Supplier<String> token) {
    this.base = base;
    this.token = token;
    this.client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
  }

  @Override
  public boolean copy(Digest digest, OutputStream out) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("/v1/blobs/" + digest))
            .header("Authorization", "Bearer " + token.get())
            .GET()
            .build();
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
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
