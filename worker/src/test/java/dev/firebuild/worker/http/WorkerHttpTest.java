package dev.firebuild.worker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.resource.Problem;
import dev.firebuild.worker.guest.kernel.KernelStore;
import dev.firebuild.worker.guest.kernel.Kernels;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.image.Manifest;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init")
class WorkerHttpTest {
  private static final String TOKEN = "a-token-of-this-test";
  private static final Digest UNKNOWN = new Digest("sha256:" + "0".repeat(64));

  private static final HttpPatience PATIENCE =
      new HttpPatience(
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2));

  @TempDir Path root;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicReference<ImageExport> export =
      new AtomicReference<>((_, out) -> out.write("tar".getBytes(StandardCharsets.UTF_8)));
  private ImageStore images;
  private Digest image;
  private WorkerHttp http;

  @BeforeEach
  void start() throws Exception {
    images = ImageStore.open(root.resolve("images"));
    image =
        images.publish(
            Manifest.of(
                "linux",
                "amd64",
                ImageConfig.EMPTY,
                List.of(),
                new Manifest.Provenance("build", "inline", "")));
    Path console = Files.writeString(root.resolve("console"), "hello from init\n");
    http = WorkerHttp.start(vertx, "127.0.0.1", 0, new BearerToken(TOKEN), PATIENCE);
    http.serve(
        new WorkerParts(
            images,
            (digest, out) -> export.get().export(digest, out),
            new Kernels(new KernelStore(root.resolve("kernels")), List::of),
            id -> id.equals("vm") ? Optional.of(console) : Optional.empty(),
            () -> new WorkerHealth("w", false, Optional.of("the disk is full"))));
  }

  @AfterEach
  void stop() throws Exception {
    http.close();
    images.close();
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void aWorkerThatStartsSaysSo() throws Exception {
    try (WorkerHttp starting =
        WorkerHttp.start(vertx, "127.0.0.1", 0, new BearerToken(TOKEN), PATIENCE)) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:%d/healthz".formatted(starting.port())))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(problem(response).detail()).contains("starting");
    }
  }

  @Test
  void healthNeedsNoToken() throws Exception {
    HttpResponse<String> response = get("/healthz", Optional.empty());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Json.read(response.body().getBytes(StandardCharsets.UTF_8), WorkerHealth.class))
        .isEqualTo(new WorkerHealth("w", false, Optional.of("the disk is full")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer", "Bearer other", "Basic a-token-of-this-test"})
  void everythingElseDoes(String authorization) throws Exception {
    HttpResponse<String> response =
        get("/v1/vms/vm/console", Optional.of(authorization).filter(value -> !value.isEmpty()));

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(problem(response).code()).isEqualTo("unauthorized");
    assertThat(response.headers().firstValue("WWW-Authenticate")).isPresent();
  }

  @Test
  void aManifestIsShown() throws Exception {
    HttpResponse<String> response = get("/v1/images/" + image + "/manifest");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Json.read(response.body().getBytes(StandardCharsets.UTF_8), Manifest.class))
        .isEqualTo(images.manifest(image));
  }

  @Test
  void anExportIsATar() throws Exception {
    HttpResponse<String> response = get("/v1/images/" + image + "/export");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/x-tar");
    assertThat(response.body()).isEqualTo("tar");
  }

  @Test
  void anExportThatFailsIsNotTakenForTheWhole() {
    // Given
    export.set((_, out) -> {
      out.write(new byte[100_000]);
      throw new IOException("the helper VM died");
    });

    // When, Then
    assertThatThrownBy(() -> get("/v1/images/" + image + "/export"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void anExportWhoseClientTakesNothingIsGivenUp() throws Exception {
    // Given
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    export.set((_, out) -> {
      try {
        while (true) {
          out.write(new byte[100_000]);
        }
      } catch (IOException e) {
        ended.complete(e);
        throw e;
      }
    });

    // When
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.port())) {
      socket
          .getOutputStream()
          .write(
              "GET /v1/images/%s/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
                  .formatted(image, TOKEN)
                  .getBytes(StandardCharsets.US_ASCII));

      // Then
      assertThat(ended.get(20, TimeUnit.SECONDS)).hasMessageContaining("took nothing");
    }
  }

  @Test
  void aConnectionThatSendsNothingIsClosed() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.port())) {
      socket.setSoTimeout(20_000);

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void theConsoleOfAHeldVmIsShown() throws Exception {
    HttpResponse<String> response = get("/v1/vms/vm/console");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("hello from init\n");
  }

  @Test
  void whatIsNotThereIsAProblem() throws Exception {
    for (String path :
        List.of(
            "/v1/images/" + UNKNOWN + "/manifest",
            "/v1/images/" + UNKNOWN + "/export",
            "/v1/vms/other/console",
            "/v1/kernels/..%2f..%2fetc",
            "/v1/nothing")) {
      HttpResponse<String> response = get(path);

      assertThat(response.statusCode()).as(path).isEqualTo(404);
      assertThat(problem(response).code()).as(path).isEqualTo("not-found");
    }
  }

  @Test
  void anotherMethodIsRefusedWithTheOneThatThereIs() throws Exception {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:%d/v1/vms/vm/console".formatted(http.port())))
                .header("Authorization", "Bearer " + TOKEN)
                .DELETE()
                .build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("GET");
    assertThat(problem(response).code()).isEqualTo("method-not-allowed");
  }

  @Test
  void aMalformedDigestIsTheClientsMistake() throws Exception {
    HttpResponse<String> response = get("/v1/images/sha256:..%2f..%2fetc/manifest");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(problem(response).detail()).contains("64 hexadecimal digits");
  }

  private HttpResponse<String> get(String path) throws Exception {
    return get(path, Optional.of("Bearer " + TOKEN));
  }

  private HttpResponse<String> get(String path, Optional<String> authorization) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(http.port(), path)));
    authorization.ifPresent(value -> request.header("Authorization", value));
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static Problem problem(HttpResponse<String> response) {
    assertThat(response.headers().firstValue("Content-Type")).contains(Problem.MEDIA_TYPE);
    return Json.read(response.body().getBytes(StandardCharsets.UTF_8), Problem.class);
  }
}
