package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.resource.EventFrame;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ApiTest {
  private static final String BUILD =
      "{\"tag\":\"demo/app:1\",\"source\":{\"dockerfile\":\"FROM scratch\\n\"}}";
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

  @Test
  void withoutTokenNothingIsShown() throws Exception {
    for (String path : List.of("/v1/builds", "/metrics", "/no/such/path")) {
      HttpResponse<String> answer = api.send(HttpRequest.newBuilder(api.uri(path)));

      assertThat(answer.statusCode()).as(path).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
      assertThat(code(answer)).isEqualTo("unauthorized");
    }
  }

  @Test
  void wrongTokenIsRefused() throws Exception {
    HttpResponse<String> answer =
        api.send(
            HttpRequest.newBuilder(api.uri("/v1/builds"))
                .header("Authorization", "Bearer " + ApiFixture.TOKEN + "x"));

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).doesNotContain(ApiFixture.TOKEN);
  }

  @Test
  void untilItIsReadyOnlyHealthIsAnswered() throws Exception {
    api.notReady = Optional.of("the views have not caught up");

    assertThat(api.send(HttpRequest.newBuilder(api.uri("/healthz"))).statusCode()).isEqualTo(200);
    HttpResponse<String> ready = api.send(HttpRequest.newBuilder(api.uri("/readyz")));
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.headers().firstValue("Retry-After")).isPresent();
    assertThat(ready.body()).contains("caught up");
    HttpResponse<String> build = api.get("/v1/builds/b1");
    assertProblem(build, 503, "unavailable");
    assertThat(build.headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void submittedBuildIsARecordAndIsQueuedAtOnce() throws Exception {
    // When
    HttpResponse<String> answer = api.post("/v1/builds", BUILD);

    // Then
    assertThat(answer.statusCode()).isEqualTo(202);
    String id = Json.mapper().readTree(answer.body()).path("id").asString();
    assertThat(id).matches("[a-z0-9]{20}");
    assertThat(answer.headers().firstValue("Location")).contains("/v1/builds/" + id);
    assertThat(api.sent).hasSize(1);
    assertThat(api.sent.getFirst().topic()).isEqualTo("firebuild.build-requests");
    assertThat(api.sent.getFirst().key()).isEqualTo(id);
    assertThat(
            Json.read(
                    api.sent.getFirst().value().getBytes(StandardCharsets.UTF_8),
                    BuildRequest.class)
                .id())
        .contains(id);
    JsonNode shown = Json.mapper().readTree(api.get("/v1/builds/" + id).body());
    assertThat(shown.path("phase").asString()).isEqualTo("queued");
    assertThat(api.get("/v1/builds?phase=queued").body()).contains(id);
    assertThat(api.get("/v1/builds?phase=QUEUED").body()).contains(id);
    assertThat(api.get("/v1/builds?phase=running").body()).doesNotContain(id);
  }

  @Test
  void theDefaultKernelIsTheOneThatWasImportedLast() throws Exception {
    kernel("a", 1);
    kernel("c", 3);
    kernel("b", 2);

    assertThat(byDefault()).containsExactly(false, false, true);

    kernel("default", 0);
    assertThat(byDefault()).containsExactly(false, false, false, true);
  }

  @Test
  void aKernelThatIsNeededIsNotRemoved() throws Exception {
    // Given
    kernel("a", 1);
    assertProblem(api.send(api.request("/v1/kernels/a").DELETE()), 409, "last-kernel");
    kernel("b", 2);
    RunRequest request =
        Json.read(
            "{\"id\":\"v1\",\"image\":\"web\"}".getBytes(StandardCharsets.UTF_8), RunRequest.class);
    api.views.applyRequest("v1", request, Instant.EPOCH);

    // When
    HttpResponse<String> used = api.send(api.request("/v1/kernels/b?force=true").DELETE());

    // Then
    assertProblem(used, 409, "in-use");
    assertThat(used.body()).contains("the VM v1");
    assertThat(api.sent).isEmpty();
    assertThat(api.send(api.request("/v1/kernels/a").DELETE()).statusCode()).isEqualTo(202);
    assertThat(api.sent).hasSize(1);
  }

  @Test
  void theLastKernelIsRemovedByForce() throws Exception {
    kernel("a", 1);

    assertThat(api.send(api.request("/v1/kernels/a?force=true").DELETE()).statusCode())
        .isEqualTo(202);
  }

  private void kernel(String name, int second) {
    api.views.apply(new KernelDocument(name, DIGEST, "build", "w", Instant.ofEpochSecond(second)));
  }

  private List<Boolean> byDefault() throws Exception {
    return Json.mapper()
        .readTree(api.get("/v1/kernels").body())
        .path("items")
        .valueStream()
        .map(kernel -> kernel.path("byDefault").asBoolean())
        .toList();
  }

  @Test
  void sameIdempotencyKeyIsTheSameBuild() throws Exception {
    HttpResponse<String> first = keyed("k1", BUILD);
    HttpResponse<String> again = keyed("k1", BUILD);
    HttpResponse<String> other = keyed("k1", BUILD.replace("app:1", "app:2"));
    HttpResponse<String> another = keyed("k2", BUILD);

    assertThat(first.statusCode()).isEqualTo(202);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(code(other)).isEqualTo("id-in-use");
    assertThat(another.body()).isNotEqualTo(first.body());
    assertThat(api.sent).hasSize(2);
  }

  private HttpResponse<String> keyed(String key, String body) throws Exception {
    return api.send(
        api.request("/v1/builds")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  @Test
  void wrongRequestsAreExplained() throws Exception {
    assertProblem(api.post("/v1/builds", "{"), 400, "malformed");
    assertProblem(api.post("/v1/builds", ""), 400, "malformed");
    assertProblem(
        api.post("/v1/builds", "{\"source\":{\"dockerfile\":\"FROM x\"}}"), 422, "invalid-request");
    assertProblem(
        api.post("/v1/builds", "{\"tag\":\"A B\",\"source\":{\"dockerfile\":\"FROM x\"}}"),
        422,
        "invalid-request");
    assertProblem(
        api.post("/v1/builds", "{\"tag\":\"a\",\"source\":{\"url\":\"http://x/Dockerfile\"}}"),
        422,
        "not-supported");
    assertProblem(
        api.post("/v1/builds", "{\"tag\":\"a\",\"source\":{\"context\":\"" + DIGEST + "\"}}"),
        422,
        "blob-not-found");
    assertProblem(api.post("/v1/vms", "{\"image\":\"no/such:image\"}"), 422, "image-not-found");
    assertProblem(api.get("/v1/builds/no-such-build"), 404, "not-found");
    assertProblem(api.get("/v1/nothing"), 404, "not-found");
    assertProblem(api.post("/v1/workers", "{}"), 405, "method-not-allowed");
    assertProblem(api.get("/v1/builds?limit=many"), 400, "malformed");
    assertProblem(api.get("/v1/events?since=yesterday"), 400, "malformed");
    assertProblem(api.get("/v1/events?type=build.log,vm.stoped"), 400, "malformed");
    assertProblem(api.get("/v1/events?type=vm"), 400, "malformed");
    HttpResponse<String> nowhere = api.get("/v1/events?since=0:1,99:1");
    assertProblem(nowhere, 400, "malformed");
    assertThat(nowhere.body()).contains("events have no partition 99, only 0 to 0");
    assertProblem(
        api.post("/v1/builds", "\"" + "x".repeat(2 * 1024 * 1024) + "\""), 413, "too-large");
    assertThat(api.sent).isEmpty();
  }

  @Test
  void parametersThatARouteDoesNotKnowAreRefusedByName() throws Exception {
    JsonNode paths = Json.mapper().readTree(ApiDescription.bytes()).path("paths");
    for (var path : paths.properties()) {
      for (String method : path.getValue().propertyNames()) {
        HttpResponse<String> answer =
            api.send(
                api.request(path.getKey().replaceAll("[{}]", "") + "?forse=true")
                    .method(method.toUpperCase(Locale.ROOT), HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).as("%s %s", method, path.getKey()).isEqualTo(400);
        if (!method.equals("head")) {
          assertThat(code(answer)).isEqualTo("malformed");
          assertThat(answer.body()).contains("no parameter \\\"forse\\\" here");
        }
      }
    }
    assertThat(api.sent).isEmpty();
    api.views.apply(vm("v1", VmDocument.Phase.RUNNING));
    assertProblem(
        api.send(api.request("/v1/vms/v1?force=true&force=false").DELETE()), 400, "malformed");
  }

  @Test
  void wrongTypesNameTheFieldAndWhatIsExpected() throws Exception {
    for (var wrong :
        Map.of(
                "null", "expected an object",
                "[]", "the JSON: expected an object",
                "{\"tag\":\"a\",\"source\":[]}", "source: expected an object",
                "{\"tag\":\"a\",\"buildArgs\":[]}", "buildArgs: expected an object",
                "{\"tag\":\"a\",\"timeoutSeconds\":\"x\"}",
                    "timeoutSeconds: expected a whole number",
                "{\"tag\":\"a\",\"noCache\":\"x\"}", "noCache: expected true or false")
            .entrySet()) {
      HttpResponse<String> answer = api.post("/v1/builds", wrong.getKey());

      assertProblem(answer, 422, "invalid-request");
      assertThat(answer.body())
          .contains(wrong.getValue())
          .doesNotContain("java", "firebuild.protocol");
    }
    HttpResponse<String> broken = api.post("/v1/builds", "{\n  \"tag\" 1}");
    assertProblem(broken, 400, "malformed");
    assertThat(broken.body()).contains("line 2, column").doesNotContain("Source");
    assertThat(api.post("/v1/builds", "{").body()).doesNotContain("REDACTED");
  }

  @Test
  void whatNoProgramCanGetIsRefused() throws Exception {
    for (var wrong :
        Map.of(
                "{\"image\":\"a\",\"command\":[null]}", "command[0]: null is not allowed",
                "{\"image\":\"a\",\"env\":{\"A\":null}}", "env.A: null is not allowed",
                "{\"image\":\"a\",\"command\":[\"a\\u0000b\"]}", "command",
                "{\"image\":\"a\",\"ports\":[{\"address\":\"0; x\",\"host\":1,\"guest\":1}]}",
                    "is not an IPv4 address")
            .entrySet()) {
      HttpResponse<String> answer = api.post("/v1/vms", wrong.getKey());

      assertProblem(answer, 422, "invalid-request");
      assertThat(answer.body()).contains(wrong.getValue()).doesNotContain("java", "input string");
    }
    assertProblem(
        api.post(
            "/v1/builds",
            "{\"tag\":\"a\",\"source\":{\"dockerfile\":\"FROM a\"},"
                + "\"buildArgs\":{\"A\":\"\\u0000\"}}"),
        422,
        "invalid-request");
  }

  @Test
  void anotherMethodIsRefusedWithThoseThatThereAre() throws Exception {
    HttpResponse<String> builds = api.send(api.request("/v1/builds").DELETE());
    HttpResponse<String> blob = api.post("/v1/blobs/" + DIGEST, "");

    assertProblem(builds, 405, "method-not-allowed");
    assertThat(builds.headers().firstValue("Allow")).contains("POST, GET");
    assertThat(blob.headers().firstValue("Allow")).contains("HEAD, GET, PUT");
    assertProblem(api.post("/v1/images/demo/app:1/export", ""), 405, "method-not-allowed");
  }

  @Test
  void whatTheClientDoesNotTakeIsNotAcceptable() throws Exception {
    HttpResponse<String> answer =
        api.send(api.request("/v1/builds").header("Accept", "image/png, text/*;q=0.5"));

    assertProblem(answer, 406, "not-acceptable");
    assertThat(answer.body()).contains("application/json");
    assertThat(
            api.send(api.request("/v1/builds").header("Accept", "text/html, */*;q=0.1"))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void theClientChoosesTheFormOfEvents() throws Exception {
    for (var choice :
        Map.of(
                "text/event-stream;q=0.3, application/x-ndjson;q=0.9", "application/x-ndjson",
                "application/x-ndjson;q=0.3, text/event-stream;q=0.9", "text/event-stream",
                "*/*", "application/x-ndjson")
            .entrySet()) {
      HttpResponse<String> answer =
          api.send(api.request("/v1/events?follow=false").header("Accept", choice.getKey()));

      assertThat(answer.headers().firstValue("Content-Type")).contains(choice.getValue());
    }
  }

  @Test
  void aFormIsNoJson() throws Exception {
    HttpResponse<String> answer =
        api.send(
            api.request("/v1/builds")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(BUILD)));

    assertProblem(answer, 415, "unsupported-media-type");
    assertThat(answer.body()).contains("--json");
    assertThat(
            api.send(
                    api.request("/v1/builds")
                        .header("Content-Type", "application/json; charset=utf-8")
                        .POST(HttpRequest.BodyPublishers.ofString(BUILD)))
                .statusCode())
        .isEqualTo(202);
  }

  @Test
  void whatTheParserGivesUpIsAProblemToo() throws Exception {
    assertProblem(api.get("/v1/builds?limit=" + "1".repeat(10_000)), 414, "too-large");
    assertProblem(
        api.send(api.request("/v1/builds").header("X-Long", "x".repeat(20_000))), 431, "too-large");
    assertThat(api.raw("GET /v1/builds/%zz HTTP/1.1", "Host: x", api.authorization()))
        .startsWith("HTTP/1.1 400 ")
        .contains("malformed")
        .contains("% escape");
    assertThat(api.raw("GET /v1/builds HTTP/1.1", api.authorization()))
        .startsWith("HTTP/1.1 400 ")
        .contains("malformed")
        .contains("Host: NAME")
        .doesNotContain("escape");
  }

  @Test
  void whoAsksBeforeAnUploadIsToldAtOnceThatItIsForNothing() throws Exception {
    String put = "PUT /v1/blobs/%s HTTP/1.1".formatted(DIGEST);

    assertThat(api.raw(put, "Host: x", "Expect: 100-continue", "Content-Length: 10"))
        .startsWith("HTTP/1.1 401 ");
    assertThat(
            api.raw(
                put,
                "Host: x",
                "Expect: 100-continue",
                "Content-Length: 1000000",
                api.authorization()))
        .startsWith("HTTP/1.1 413 ");
    assertThat(
            api.raw(
                put, "Host: x", "Expect: 100-continue", "Content-Length: 5", api.authorization()))
        .startsWith("HTTP/1.1 100 ");
  }

  @Test
  void silentKafkaIsSaidWithWhenToTryAgain() throws Exception {
    api.kafkaAnswers = false;

    HttpResponse<String> answer = api.post("/v1/builds", BUILD);

    assertProblem(answer, 503, "unavailable");
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    assertThat(api.get("/v1/builds").body()).isEqualTo("{\"items\":[]}");
  }

  @Test
  void wishesBecomeCommands() throws Exception {
    api.views.apply(build("b1", BuildDocument.Phase.RUNNING));
    api.views.apply(vm("v1", VmDocument.Phase.RUNNING));
    api.views.apply(image("demo/app:1", "b1"));

    assertThat(api.post("/v1/builds/b1/cancel", "").statusCode()).isEqualTo(202);
    assertThat(api.post("/v1/vms/web/stop", "{\"graceSeconds\":3}").statusCode()).isEqualTo(202);
    assertThat(api.post("/v1/vms/v1/kill", "").statusCode()).isEqualTo(202);
    assertProblem(api.send(api.request("/v1/vms/v1").DELETE()), 409, "running");
    assertThat(api.send(api.request("/v1/vms/v1?force=true").DELETE()).statusCode()).isEqualTo(202);
    assertProblem(api.send(api.request("/v1/images/demo/app:1").DELETE()), 409, "in-use");

    assertThat(api.sent).extracting(ApiFixture.Sent::topic).containsOnly("firebuild.commands");
    assertThat(api.sent)
        .extracting(sent -> sent.key() + " " + sent.value())
        .containsExactly(
            "b1 {\"type\":\"cancel\"}",
            "v1 {\"type\":\"stop\",\"graceSeconds\":3}",
            "v1 {\"type\":\"kill\"}",
            "v1 {\"type\":\"remove\",\"force\":true,\"kind\":\"vm\"}");
  }

  @Test
  void whatHasEndedIsNotEndedAgain() throws Exception {
    api.views.apply(build("b1", BuildDocument.Phase.FAILED));
    api.views.apply(vm("v1", VmDocument.Phase.EXITED));

    assertProblem(api.post("/v1/builds/b1/cancel", ""), 409, "already-ended");
    assertProblem(api.post("/v1/vms/v1/stop", ""), 409, "already-ended");
    assertThat(api.send(api.request("/v1/vms/web").DELETE()).statusCode()).isEqualTo(202);
  }

  @Test
  void nameOfALivingVmIsTaken() throws Exception {
    api.views.apply(image("demo/app:1", "b1"));
    api.views.apply(vm("v1", VmDocument.Phase.RUNNING));

    assertProblem(
        api.post("/v1/vms", "{\"image\":\"demo/app:1\",\"name\":\"web\"}"), 409, "name-in-use");
    assertThat(api.post("/v1/vms", "{\"image\":\"demo/app:1\",\"name\":\"web2\"}").statusCode())
        .isEqualTo(202);
  }

  @Test
  void referenceMayHaveSlashes() throws Exception {
    api.views.apply(image("demo/app:1", "b1"));

    assertThat(api.get("/v1/images/demo/app:1").statusCode()).isEqualTo(200);
    assertThat(api.get("/v1/images/demo%2Fapp:1").statusCode()).isEqualTo(200);
    // Its worker is not known.
    assertProblem(api.get("/v1/images/demo/app:1/export"), 502, "worker");
  }

  @Test
  void blobsAreVerifiedAndServedInParts() throws Exception {
    byte[] bytes = "hello blob".getBytes(StandardCharsets.UTF_8);
    String digest = digest(bytes);
    String path = "/v1/blobs/" + digest;

    assertThat(head(path)).isEqualTo(404);
    assertProblem(
        api.send(api.request(path).PUT(HttpRequest.BodyPublishers.ofString("other"))),
        422,
        "wrong-digest");
    assertThat(head(path)).isEqualTo(404);
    assertThat(
            api.send(api.request(path).PUT(HttpRequest.BodyPublishers.ofByteArray(bytes)))
                .statusCode())
        .isEqualTo(201);
    assertThat(head(path)).isEqualTo(200);
    assertThat(api.get(path).body()).isEqualTo("hello blob");
    HttpResponse<String> part = api.send(api.request(path).header("Range", "bytes=6-8"));
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo("blo");
    assertThat(part.headers().firstValue("Content-Range")).contains("bytes 6-8/10");
    assertThat(api.send(api.request(path).header("Range", "bytes=-4")).body()).isEqualTo("blob");
    assertProblem(api.send(api.request(path).header("Range", "bytes=99-")), 416, "bad-range");
    for (String whole : List.of("lines=1-2", "bytes=0-1,4-5")) {
      assertThat(api.send(api.request(path).header("Range", whole)).statusCode()).isEqualTo(200);
    }
    byte[] large = new byte[(int) ApiFixture.BLOB_LIMIT + 1];
    assertProblem(
        api.send(
            api.request("/v1/blobs/" + digest(large))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(large))),
        413,
        "too-large");
    assertProblem(api.get("/v1/blobs/..%2f..%2fetc%2fpasswd"), 400, "malformed");
  }

  private int head(String path) throws Exception {
    return api.send(api.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()))
        .statusCode();
  }

  @Test
  void historyThenLiveAndTheEnd() throws Exception {
    // Given
    api.views.apply(build("b1", BuildDocument.Phase.RUNNING));
    api.event("b1", 1, "i1", 1, new BuildEvent.Started("worker-a", "demo/app:1"));
    api.event("other", 1, "i9", 1, new BuildEvent.Started("worker-a", "x"));

    // When
    try (BufferedReader lines = lines("/v1/builds/b1/events", "text/event-stream", "")) {
      assertThat(lines.readLine()).isEqualTo("id: 0:0");
      assertThat(lines.readLine()).isEqualTo("event: build.started");
      EventFrame started = frame(lines.readLine());
      assertThat(started.event().subject()).isEqualTo("b1");
      lines.readLine();
      api.event("b1", 1, "i1", 2, new BuildEvent.Log(0, LogChunk.of("stdout", utf8("hi\n"))));
      api.event("b1", 1, "i1", 2, new BuildEvent.Log(0, LogChunk.of("stdout", utf8("hi\n"))));
      api.views.apply(build("b1", BuildDocument.Phase.FAILED));
      api.event("b1", 1, "i1", 3, new BuildEvent.Failed(Failure.of(FailureCode.INTERNAL, "no")));

      // Then
      assertThat(lines.readLine()).isEqualTo("id: 0:2");
      assertThat(lines.readLine()).isEqualTo("event: build.log");
      lines.readLine();
      lines.readLine();
      assertThat(lines.readLine()).isEqualTo("id: 0:4");
      assertThat(lines.readLine()).isEqualTo("event: build.failed");
      lines.readLine();
      lines.readLine();
      assertThat(lines.readLine()).isNull();
    }
    try (BufferedReader rest = lines("/v1/builds/b1/events", "application/x-ndjson", "0:3")) {
      assertThat(frame(rest.readLine()).event().data()).isInstanceOf(BuildEvent.Failed.class);
      assertThat(rest.readLine()).isNull();
    }
    assertThat(api.get("/v1/builds/b1/log").body()).isEqualTo("hi\n");
    assertThat(api.get("/v1/builds/b1/log?follow=true").body()).isEqualTo("hi\n");
    assertThat(api.get("/v1/events?follow=false&type=build.started").body().lines()).hasSize(2);
    assertThat(api.get("/v1/events?follow=false&subject=other").body().lines()).hasSize(1);
  }

  @Test
  void successIsShownWhenTheImageIsThere() throws Exception {
    // Given
    api.views.apply(build("b1", BuildDocument.Phase.SUCCEEDED));
    ImageSummary image = new ImageSummary(DIGEST, List.of(DIGEST), 5, "b1", "worker-a");
    api.event(
        "b1", 1, "i1", 1, new BuildEvent.Succeeded("demo/app:1", DIGEST, 10, Optional.of(image)));

    // When
    try (BufferedReader lines = lines("/v1/builds/b1/events", "application/x-ndjson", "")) {
      Thread later =
          Thread.ofVirtual()
              .start(() -> {
                api.views.apply(image("demo/app:1", "b1"));
                api.views.signal();
              });
      EventFrame end = frame(lines.readLine());

      // Then
      assertThat(end.event().data()).isInstanceOf(BuildEvent.Succeeded.class);
      assertThat(api.views.image("demo/app:1")).isPresent();
      later.join();
    }
  }

  @Test
  void whatALaterAttemptMadeVoidIsNotShown() throws Exception {
    api.views.apply(build("b1", BuildDocument.Phase.RUNNING));
    api.event("b1", 2, "i2", 1, new BuildEvent.Started("worker-b", "demo/app:1"));
    api.event("b1", 1, "i1", 7, new BuildEvent.Failed(Failure.of(FailureCode.VMM, "zombie")));
    api.event("b1", 2, "i2", 2, new BuildEvent.StepStarted(1));

    assertThat(api.get("/v1/builds/b1/events?follow=false").body().lines())
        .hasSize(2)
        .noneMatch(line -> line.contains("zombie"));
  }

  @Test
  void metricsCountPhasesAndRequests() throws Exception {
    api.views.apply(build("b1", BuildDocument.Phase.RUNNING));
    api.get("/v1/builds/b1");

    assertThat(api.get("/metrics").body())
        .contains("firebuild_builds{phase=\"running\"} 1.0")
        .contains("route=\"/v1/builds/{id}\"");
  }

  @Test
  void methodsThatNobodyKnowsAreCountedTogether() throws Exception {
    for (int i = 0; i < 20; i++) {
      api.raw("METHOD%d / HTTP/1.1".formatted(i), "Host: x");
    }

    assertThat(api.get("/metrics").body()).contains("method=\"other\"").doesNotContain("METHOD");
  }

  /** Browsers send none, other clients an empty one, before the first event. */
  @Test
  void anEmptyLastEventIdIsNone() throws Exception {
    HttpResponse<String> answer =
        api.send(api.request("/v1/events?follow=false&since=0:-1").header("Last-Event-ID", ""));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private BufferedReader lines(String path, String accept, String lastEventId) throws Exception {
    HttpRequest.Builder request = api.request(path).header("Accept", accept);
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    return new BufferedReader(
        new InputStreamReader(api.open(request).body(), StandardCharsets.UTF_8));
  }

  private static EventFrame frame(String line) {
    return EventFrame.parse(utf8(line.startsWith("data: ") ? line.substring(6) : line));
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(code(answer)).isEqualTo(code);
  }

  private static String code(HttpResponse<String> answer) {
    return Json.mapper().readTree(answer.body()).path("code").asString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String digest(byte[] bytes) {
    return Digest.of(bytes).value();
  }

  private static BuildDocument build(String id, BuildDocument.Phase phase) {
    return new BuildDocument(
        id,
        Json.read(utf8(BUILD), BuildRequest.class).withId(id),
        phase,
        1,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Instant.now(),
        Optional.empty(),
        phase.isSettled() ? Optional.of(Instant.now()) : Optional.empty(),
        List.of());
  }

  private static VmDocument vm(String id, VmDocument.Phase phase) {
    return new VmDocument(
        id,
        Json.read(utf8("{\"image\":\"demo/app:1\",\"name\":\"web\"}"), RunRequest.class).withId(id),
        phase,
        1,
        Optional.empty(),
        VmDocument.Desired.RUN,
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Instant.now(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private static ImageDocument image(String reference, String build) {
    return new ImageDocument(
        reference, new ImageSummary(DIGEST, List.of(DIGEST), 5, build, "worker-a"), Instant.now());
  }
}
