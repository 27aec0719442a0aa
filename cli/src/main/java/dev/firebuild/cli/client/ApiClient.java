package dev.firebuild.cli.client;

import dev.firebuild.messaging.http.SilenceLimit;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.resource.Accepted;
import dev.firebuild.protocol.resource.Problem;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/** The HTTP API of a node, as calls. */
public final class ApiClient implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int PROBLEM_LIMIT = 1 << 20;

  /** Items that a node gives at once, if it is not asked for less. */
  private static final int PAGE = 1000;

  private final NodeAddress node;
  private final Patience patience;
  private final HttpClient http;

  /** Asks {@code node} through {@code http}, which it closes in the end. */
  public ApiClient(NodeAddress node, HttpClient http) {
    this(node, http, Patience.DEFAULT);
  }

  ApiClient(NodeAddress node, HttpClient http, Patience patience) {
    this.node = node;
    this.http = http;
    this.patience = patience;
  }

  /** What a node is asked through. */
  public static HttpClient http() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(CONNECT)
        .build();
  }

  URI address() {
    return node.url();
  }

  Patience patience() {
    return patience;
  }

  /** {@code text} as one part of a path. */
  public static String part(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** What {@code path} shows. Throws {@link ApiException} if the node refuses. */
  public <T> T get(String path, Class<T> type) {
    return ask(request(path).timeout(patience.answer()).build(), type);
  }

  /** The items of the list that {@code path} shows, of all its pages. */
  public <T> List<T> list(String path, Class<T> type) {
    return list(path, type, Integer.MAX_VALUE);
  }

  /** The first {@code most} items of the list that {@code path} shows, or all if there are less. */
  public <T> List<T> list(String path, Class<T> type, int most) {
    List<T> all = new ArrayList<>();
    Optional<String> after = Optional.empty();
    do {
      String page = path;
      if (most - all.size() < PAGE) {
        page = with(page, "limit", Integer.toString(most - all.size()));
      }
      if (after.isPresent()) {
        page = with(page, "after", after.get());
      }
      JsonNode answer = get(page, JsonNode.class);
      try {
        answer
            .path("items")
            .valueStream()
            .map(item -> Json.readWhole(Json.bytes(item), type))
            .forEach(all::add);
      } catch (IllegalArgumentException e) {
        throw strange("GET " + path, e);
      }
      after = answer.path("next").asStringOpt();
    } while (after.isPresent() && all.size() < most);
    return all;
  }

  /** {@code path} with one more parameter. */
  public static String with(String path, String parameter, String value) {
    return path + (path.contains("?") ? "&" : "?") + part(parameter) + "=" + part(value);
  }

  /** What {@code path} shows, as JSON for people. */
  public String pretty(String path) {
    return Json.mapper()
        .writerWithDefaultPrettyPrinter()
        .writeValueAsString(get(path, JsonNode.class));
  }

  /** Sends {@code body} to {@code path}; {@code key} makes sending it twice harmless. */
  public Accepted post(String path, Optional<?> body, Optional<String> key) {
    HttpRequest.Builder request =
        request(path)
            .timeout(patience.answer())
            .header("Content-Type", "application/json")
            .POST(
                body.map(value -> HttpRequest.BodyPublishers.ofByteArray(Json.bytes(value)))
                    .orElse(HttpRequest.BodyPublishers.noBody()));
    key.ifPresent(value -> request.header("Idempotency-Key", value));
    return ask(request.build(), Accepted.class);
  }

  /** Asks the node to remove what {@code path} shows. */
  public Accepted delete(String path) {
    return ask(request(path).timeout(patience.answer()).DELETE().build(), Accepted.class);
  }

  /** Whether the node has the blob {@code digest}. */
  public boolean hasBlob(Digest digest) {
    HttpRequest request =
        request("/v1/blobs/" + digest)
            .timeout(patience.answer())
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<InputStream> response = send(request);
    return switch (response.statusCode()) {
      case 200 -> true;
      case 404 -> false;
      default -> throw refusal(request, response);
    };
  }

  /** Uploads {@code file}, whose digest is {@code digest}. */
  public void putBlob(Digest digest, Path file) {
    Upload upload;
    try {
      upload = new Upload(file, patience);
    } catch (FileNotFoundException e) {
      throw new CliException("uploading %s: it is not there any more".formatted(file), e);
    }
    // A refusal comes before the bytes are sent.
    HttpRequest request = request("/v1/blobs/" + digest).expectContinue(true).PUT(upload).build();
    HttpResponse<byte[]> response = send(request, upload);
    if (response.statusCode() / 100 != 2) {
      throw refusal(request, response, new ByteArrayInputStream(response.body()));
    }
  }

  /**
   * The events that {@code path} streams, as they come; {@code headers} are sent along. A read
   * fails if the node gives no sign of life.
   */
  InputStream openEvents(String path, Map<String, String> headers) {
    HttpRequest.Builder request = request(path).timeout(patience.stream());
    headers.forEach(request::header);
    return checked(request.build(), patience.stream());
  }

  /** The bytes that {@code path} shows, as they come, once they are made. */
  public InputStream open(String path) {
    return checked(request(path).timeout(patience.made()).build(), patience.made());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(node.url() + path))
        .header("Authorization", "Bearer " + node.token());
  }

  private <T> T ask(HttpRequest request, Class<T> type) {
    byte[] answer = read(request);
    try {
      return Json.readWhole(answer, type);
    } catch (IllegalArgumentException e) {
      throw strange(request.method() + " " + request.uri().getPath(), e);
    }
  }

  private CliException strange(String what, IllegalArgumentException e) {
    return new CliException(
        "%s at %s: the answer is none of this firebuild's nodes: %s; look at the address, or at firebuild version"
            .formatted(what, node.url(), e.getMessage()),
        e);
  }

  private byte[] read(HttpRequest request) {
    try (InputStream body = checked(request, patience.answer())) {
      return body.readAllBytes();
    } catch (IOException e) {
      throw silent(request, e);
    }
  }

  private InputStream checked(HttpRequest request, Duration silence) {
    HttpResponse<InputStream> response = send(request);
    if (response.statusCode() / 100 != 2) {
      throw refusal(request, response);
    }
    return new SilenceLimit(response.body(), silence);
  }

  private HttpResponse<byte[]> send(HttpRequest request, Upload upload) {
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

  private HttpResponse<InputStream> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw silent(request, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException("interrupted", e);
    }
  }

  private CliException silent(HttpRequest request, IOException e) {
    return new NoAnswer(node, request.method() + " " + request.uri().getPath(), e).explained();
  }

  private ApiException refusal(HttpRequest request, HttpResponse<InputStream> response) {
    return refusal(request, response, new SilenceLimit(response.body(), patience.answer()));
  }

  private static ApiException refusal(
      HttpRequest request, HttpResponse<?> response, InputStream answer) {
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

  /** Nobody answers. */
  record NoAnswer(NodeAddress node, String what, IOException cause) {
    CliException explained() {
      if (cause instanceof HttpTimeoutException) {
        return new CliException(
            "%s at %s: %s; the node hangs, or something else answers there: look at %s"
                .formatted(
                    what,
                    node.url(),
                    // Java's own words do not say how long.
                    cause instanceof HttpConnectTimeoutException
                            || "request timed out".equals(cause.getMessage())
                        ? "no answer came in time"
                        : cause.getMessage(),
                    "the address, at firebuild status and at the node's log"),
            cause);
      }
      String reason =
          cause instanceof ConnectException || cause.getMessage() == null
              ? "no node answers there"
              : cause.getMessage();
      return new CliException(
          "%s at %s: %s; start a node with: firebuild up -d".formatted(what, node.url(), reason),
          cause);
    }
  }
}
