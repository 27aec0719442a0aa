package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.ImageSummary;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that prefer to wait for the result. */
@Timeout(60)
class PreferenceTest {
  private static final String BUILD =
      "{\"id\":\"b1\",\"tag\":\"demo/app:1\",\"source\":{\"dockerfile\":\"FROM scratch\\n\"}}";
  private static final Digest DIGEST = new Digest("sha256:" + "a".repeat(64));

  @TempDir Path folder;
  private ApiFixture api;

  @BeforeEach
  void start() throws Exception {
    api = new ApiFixture(folder);
  }

  @AfterEach
  void stop() throws Exception {
    api.close();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "wait=30, 30",
        "respond-async;x, none",
        "'respond-async, wait=5', 5",
        "'WAIT = \"7\" , x', 7",
        "wait=100000, 60",
        "wait=99999999999999999999, none",
        "wait=-1, none",
        "awaiting=3, none",
        "wait=0, 0",
        "'', none",
      })
  void theHeaderIsReadAsTheRfcHasIt(String header, Integer seconds) {
    assertThat(Preference.parse(Optional.of(header)).patience().map(Duration::toSeconds))
        .isEqualTo(Optional.ofNullable(seconds).map(Integer::longValue));
  }

  @Test
  void theAnswerComesWithTheEndOfTheBuildAndItsImage() throws Exception {
    // Given
    CompletableFuture<HttpResponse<String>> answer =
        api.sendAsync(
            prefer("wait=30", api.request("/v1/builds"))
                .POST(HttpRequest.BodyPublishers.ofString(BUILD)));
    await().until(() -> api.views.build("b1").isPresent());

    // When it has succeeded
    BuildDocument running = document();
    api.views.apply(
        running.settled(
            BuildDocument.Phase.SUCCEEDED, Optional.of(DIGEST), Optional.empty(), Instant.now()));
    api.views.signal();

    // Then its image is waited for, too
    await().during(200, TimeUnit.MILLISECONDS).until(() -> !answer.isDone());
    api.views.apply(
        new ImageDocument(
            "demo/app:1", new ImageSummary(DIGEST, List.of(), 1, "b1", "w"), Instant.now()));
    api.views.signal();
    assertThat(answer.get().statusCode()).isEqualTo(200);
    assertThat(answer.get().headers().firstValue("Preference-Applied")).contains("wait=30");
    assertThat(answer.get().headers().firstValue("Location")).contains("/v1/builds/b1");
    assertThat(Json.mapper().readTree(answer.get().body()).path("phase").asString())
        .isEqualTo("succeeded");
  }

  @Test
  void whatTakesLongerIsAcceptedAndCanBeAskedForAgain() throws Exception {
    HttpResponse<String> accepted =
        api.send(
            prefer("wait=1", api.request("/v1/builds"))
                .POST(HttpRequest.BodyPublishers.ofString(BUILD)));
    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(accepted.headers().firstValue("Preference-Applied")).contains("wait=1");

    CompletableFuture<HttpResponse<String>> answer =
        api.sendAsync(prefer("wait=30", api.request("/v1/builds/b1")));
    api.views.apply(
        document()
            .settled(
                BuildDocument.Phase.FAILED,
                Optional.empty(),
                Optional.of(Failure.of(FailureCode.STEP_FAILED, "no")),
                Instant.now()));
    api.views.signal();
    assertThat(answer.get().body()).contains("\"failed\"");
    assertThat(answer.get().statusCode()).isEqualTo(200);
  }

  @Test
  void nothingIsAppliedThatNobodyPrefers() throws Exception {
    HttpResponse<String> accepted = api.post("/v1/builds", BUILD);

    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(accepted.headers().firstValue("Preference-Applied")).isEmpty();
  }

  @Test
  void whoGoesAwayIsWaitedForNoLonger() throws Exception {
    // Given
    try (Socket socket = api.connect()) {
      socket
          .getOutputStream()
          .write(
              ("POST /v1/builds HTTP/1.1\r\nHost: x\r\n%s\r\nPrefer: wait=60\r\nContent-Length: %d\r\n\r\n%s"
                      .formatted(api.authorization(), BUILD.length(), BUILD))
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(() -> waiting() == 1);
    }
    // Then
    await().atMost(5, TimeUnit.SECONDS).until(() -> waiting() == 0);
  }

  /** Threads that wait for a change of the views. */
  private long waiting() {
    return api.views.waiting();
  }

  private static HttpRequest.Builder prefer(String value, HttpRequest.Builder request) {
    return request.header("Prefer", value);
  }

  private BuildDocument document() {
    return new BuildDocument(
        "b1",
        api.views.build("b1").orElseThrow().request(),
        BuildDocument.Phase.RUNNING,
        1,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Instant.now(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }
}
