package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.DeadLetterMark;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.protocol.resource.DeadLetterResource;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class DeadLetterApiTest {
  private static final String BUILDS = "firebuild.build-requests/0/7";
  private static final String WITHOUT_TAG = "{\"source\":{\"dockerfile\":\"FROM scratch\\n\"}}";
  private static final String WHOLE =
      "{\"tag\":\"t\",\"source\":{\"dockerfile\":\"FROM scratch\\n\"}}";

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
  void lettersAreListedNewestFirstInPages() throws Exception {
    for (int offset = 0; offset < 5; offset++) {
      letter(offset, BUILDS, Optional.empty(), WITHOUT_TAG);
    }
    assertThat(ids("/v1/dead-letters")).containsExactly("0-4", "0-3", "0-2", "0-1", "0-0");
    assertThat(ids("/v1/dead-letters?limit=2")).containsExactly("0-4", "0-3");
    assertThat(ids("/v1/dead-letters?limit=2&after=0-3")).containsExactly("0-2", "0-1");
    assertThat(ids("/v1/dead-letters?after=0-0")).isEmpty();
    assertThat(api.get("/v1/dead-letters?state=gone").statusCode()).isEqualTo(400);
  }

  @Test
  void aLetterIsShownWithItsValueAsItWas() throws Exception {
    letter(0, BUILDS, Optional.of("k"), "not JSON");
    api.letters.put("0-1", new byte[] {(byte) 0xff, 0});
    api.views.letters().add(1, of(1, BUILDS, Optional.empty(), 2));

    JsonNode text = Json.mapper().readTree(api.get("/v1/dead-letters/0-0").body());
    assertThat(text.path("text").asString()).isEqualTo("not JSON");
    assertThat(text.path("reason").asString()).isEqualTo("some reason");
    assertThat(text.path("key").asString()).isEqualTo("k");
    assertThat(text.path("source").asString()).isEqualTo(BUILDS);
    JsonNode binary = Json.mapper().readTree(api.get("/v1/dead-letters/0-1").body());
    assertThat(binary.path("base64").asString()).isEqualTo("/wA=");
    assertThat(api.get("/v1/dead-letters/0-9").statusCode()).isEqualTo(404);
    assertThat(api.get("/v1/dead-letters/x").statusCode()).isEqualTo(404);
  }

  @Test
  void droppingIsARecordAndIsDoneOnce() throws Exception {
    letter(3, BUILDS, Optional.empty(), WITHOUT_TAG);

    assertThat(drop("0-3").statusCode()).isEqualTo(202);

    assertThat(api.sent)
        .containsExactly(
            new ApiFixture.Sent(
                "firebuild.dead-letters", "0-3", "{\"letter\":\"0-3\",\"done\":\"dropped\"}"));
    assertThat(ids("/v1/dead-letters")).isEmpty();
    assertThat(ids("/v1/dead-letters?state=dropped")).containsExactly("0-3");
    assertThat(drop("0-3").statusCode()).isEqualTo(409);
    assertThat(resubmit("0-3", WHOLE).statusCode()).isEqualTo(409);
    assertThat(api.sent).hasSize(1);
  }

  @Test
  void aCorrectedRequestIsSentUnderTheIdThatItWouldHaveHad() throws Exception {
    letter(3, BUILDS, Optional.empty(), WITHOUT_TAG);
    // What is still wrong is refused, and the letter stays
    HttpResponse<String> refused = api.post("/v1/dead-letters/0-3/resubmit", "");
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("tag: is required");
    assertThat(api.sent).isEmpty();

    HttpResponse<String> answer = resubmit("0-3", WHOLE);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    String id = "firebuild.build-requests-0-7";
    assertThat(answer.headers().firstValue("Location")).contains("/v1/builds/" + id);
    assertThat(api.sent)
        .extracting(ApiFixture.Sent::topic, ApiFixture.Sent::key)
        .containsExactly(
            tuple("firebuild.build-requests", id), tuple("firebuild.dead-letters", "0-3"));
    assertThat(Json.read(bytes(api.sent.getFirst().value()), BuildRequest.class).id()).contains(id);
    assertThat(Json.read(bytes(api.sent.getLast().value()), DeadLetterMark.class))
        .isEqualTo(DeadLetterMark.resubmitted("0-3", id));
    assertThat(api.get("/v1/builds/" + id).body()).contains("\"phase\":\"queued\"");
    JsonNode done = Json.mapper().readTree(api.get("/v1/dead-letters/0-3").body());
    assertThat(done.path("state").asString()).isEqualTo("resubmitted");
    assertThat(done.path("as").asString()).isEqualTo(id);
  }

  @Test
  void aRequestKeepsItsOwnIdUnlessThatIsAnotherRequest() throws Exception {
    String own = "{\"id\":\"mine\"," + WHOLE.substring(1);
    letter(1, BUILDS, Optional.empty(), own);
    api.views.applyRequest(
        "mine",
        BuildRequest.of("other", new Source.Inline("FROM x")).withId("mine"),
        Instant.now());

    HttpResponse<String> refused = api.post("/v1/dead-letters/0-1/resubmit", "");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("id-in-use");
    assertThat(resubmit("0-1", own.replace("mine", "mine2")).body()).contains("\"mine2\"");
  }

  @Test
  void aRequestThatWasGivenUpGetsANewId() throws Exception {
    String own = "{\"id\":\"b1\"," + WHOLE.substring(1);
    letter(4, "build/b1", Optional.of("b1"), own);

    assertThat(api.post("/v1/dead-letters/0-4/resubmit", "").body()).contains("b1-retry-0-4");

    BuildRequest sent = Json.read(bytes(api.sent.getFirst().value()), BuildRequest.class);
    assertThat(sent.id()).contains("b1-retry-0-4");
    assertThat(sent.retryOf()).contains("b1");
  }

  @Test
  void aCommandIsSentAgainToWhatItsKeyNames() throws Exception {
    letter(1, "firebuild.commands/3/9", Optional.of("b1"), "{\"type\":\"stopp\"}");
    letter(2, "firebuild.commands/3/10", Optional.empty(), "{\"type\":\"cancel\"}");

    assertThat(resubmit("0-1", "{\"type\":\"cancel\"}").statusCode()).isEqualTo(202);
    assertThat(api.sent.getFirst())
        .isEqualTo(new ApiFixture.Sent("firebuild.commands", "b1", "{\"type\":\"cancel\"}"));
    assertThat(api.post("/v1/dead-letters/0-2/resubmit", "").body()).contains("no key");
  }

  @Test
  void ofALongRequestTheWholeIsNeeded() throws Exception {
    api.letters.put("0-1", bytes("{\"tag\":"));
    api.views.letters().add(1, of(1, BUILDS, Optional.empty(), 2 << 20));

    assertThat(api.post("/v1/dead-letters/0-1/resubmit", "").body()).contains("the whole request");
    assertThat(resubmit("0-1", WHOLE).statusCode()).isEqualTo(202);
  }

  @ParameterizedTest
  @CsvSource({"/etc/passwd", "firebuild.events/0/1", "somebody.elses/0/1", "image/x", "''"})
  void nothingIsSentAnywhereElse(String source) throws Exception {
    letter(1, source, Optional.of("k"), WHOLE);
    assertThat(api.post("/v1/dead-letters/0-1/resubmit", "").statusCode()).isEqualTo(422);
    assertThat(api.sent).isEmpty();
  }

  @Test
  void whileKafkaIsAwayNothingIsMarked() throws Exception {
    letter(1, BUILDS, Optional.empty(), WHOLE);
    api.kafkaAnswers = false;
    assertThat(drop("0-1").statusCode()).isEqualTo(503);
    assertThat(resubmit("0-1", WHOLE).statusCode()).isEqualTo(503);
    assertThat(ids("/v1/dead-letters")).containsExactly("0-1");
  }

  private void letter(long offset, String source, Optional<String> key, String value) {
    byte[] bytes = bytes(value);
    api.letters.put("0-" + offset, bytes);
    api.views.letters().add(offset, of(offset, source, key, bytes.length));
  }

  private static DeadLetterResource of(
      long offset, String source, Optional<String> key, long size) {
    return new DeadLetterResource(
        "0-" + offset,
        source,
        key,
        "some reason",
        size,
        "sha256:" + "0".repeat(64),
        Instant.now(),
        DeadLetterResource.State.OPEN,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private HttpResponse<String> resubmit(String id, String body) throws Exception {
    return api.post("/v1/dead-letters/" + id + "/resubmit", body);
  }

  private HttpResponse<String> drop(String id) throws Exception {
    return api.send(api.request("/v1/dead-letters/" + id).DELETE());
  }

  private List<String> ids(String path) throws Exception {
    return Json.mapper()
        .readTree(api.get(path).body())
        .path("items")
        .valueStream()
        .map(letter -> letter.path("id").asString())
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
