package dev.firebuild.cli.client;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.resource.Accepted;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The HTTP API of a node, as calls. */
public final class ApiClient implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** Items that a node gives at once, if it is not asked for less. */
  private static final int PAGE = 1000;

  private final NodeAddress node;
  private final Patience patience;
  private final NodeConnection connection;

  /** Asks {@code node} through {@code http}, which it closes in the end. */
  public ApiClient(NodeAddress node, HttpClient http) {
    this(node, http, Patience.DEFAULT);
  }

  ApiClient(NodeAddress node, HttpClient http, Patience patience) {
    this.node = node;
    this.connection = new NodeConnection(node, http, patience.answer());
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
    HttpResponse<InputStream> response = connection.send(request);
    return switch (response.statusCode()) {
      case 200 -> true;
      case 404 -> false;
      default -> throw connection.refusal(request, response);
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
    HttpResponse<byte[]> response = connection.send(request, upload);
    if (response.statusCode() / 100 != 2) {
      throw NodeConnection.refusal(request, response, new ByteArrayInputStream(response.body()));
    }
  }

  /**
   * The events that {@code path} streams, as they come; {@code headers} are sent along. A read
   * fails if the node gives no sign of life.
   */
  InputStream openEvents(String path, Map<String, String> headers) {
    HttpRequest.Builder request = request(path).timeout(patience.stream());
    headers.forEach(request::header);
    return connection.checked(request.build(), patience.stream());
  }

  /** The bytes that {@code path} shows, as they come, once they are made. */
  public InputStream open(String path) {
    return connection.checked(request(path).timeout(patience.made()).build(), patience.made());
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
    try (InputStream body = connection.checked(request, patience.answer())) {
      return body.readAllBytes();
    } catch (IOException e) {
      throw connection.silent(request, e);
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
