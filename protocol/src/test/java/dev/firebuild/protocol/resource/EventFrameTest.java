package dev.firebuild.protocol.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.event.UnknownEvent;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventFrameTest {
  @Test
  void knownEventSurvives() {
    // Given
    EventFrame frame =
        frame(new BuildEvent.Log(3, LogChunk.of("stdout", "a\u2028 \"b\"\n".getBytes(UTF_8))));

    // When
    EventFrame read = EventFrame.parse(frame.json());

    // Then
    assertThat(read).isEqualTo(frame);
    assertThat(new String(frame.json(), UTF_8)).doesNotContain("\n");
  }

  @Test
  void unknownEventKeepsItsData() {
    EventFrame frame = frame(new UnknownEvent("dev.firebuild.build.dreamt.v9", "{\"of\":[1,2]}"));

    assertThat(EventFrame.parse(frame.json())).isEqualTo(frame);
  }

  @Test
  void whatWasNotReadIsPassedOnAsItWasWritten() {
    assertThat(dataOf(unread("{\"step\": 3, \"text\":\"\\u0041\"}")))
        .isEqualTo("{\"step\": 3, \"text\":\"\\u0041\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\n\"b\":2}",
        "{\"a\":1,\r\"b\":2}",
        "{\"a\":1,\"b\":2}\n",
        "\n{\"a\":1,\"b\":2}"
      })
  void whatAForeignProducerSpreadsOverLinesIsOneLine(String json) {
    assertThat(dataOf(unread(json))).isEqualTo("{\"a\":1,\"b\":2}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"a\":1", "{\"a\":1}}", "{\"a\":1} 2", "{\"a\":\"\u0007\"}", "{\"a\":\"\\q\"}"})
  void whatOnlyLooksLikeJsonIsText(String json) {
    assertThat(EventFrame.parse(unread(json).json()).event().data())
        .isEqualTo(new UnknownEvent(OTHER, Json.text(json)));
  }

  @ParameterizedTest
  @CsvSource({
    "org.example.other, UTF-16LE, ''",
    "org.example.other, UTF-16BE, ''",
    "org.example.other, UTF-32LE, ''",
    "org.example.other, UTF-32BE, ''",
    "org.example.other, UTF-8, \uFEFF",
    "dev.firebuild.build.log.v1, UTF-16LE, ''",
    "dev.firebuild.build.log.v1, UTF-16BE, ''",
    "dev.firebuild.build.log.v1, UTF-32LE, ''",
    "dev.firebuild.build.log.v1, UTF-32BE, ''",
    "dev.firebuild.build.log.v1, UTF-8, \uFEFF",
  })
  void whatIsInAnotherEncodingOrMarkedIsPlainUtf8(String type, String encoding, String mark) {
    byte[] written = (mark + "{\"a\":1}").getBytes(Charset.forName(encoding));

    assertThat(dataOf(frame(new UnknownEvent(type, new String(written, UTF_8)))))
        .isEqualTo("{\"a\":1}");
  }

  /** Of such marks nothing is left when the record has been read. */
  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-32"})
  void whatCannotBeReadForItsMarkIsText(String encoding) {
    byte[] written = "\uFEFF{\"a\":1}".getBytes(Charset.forName(encoding + "LE"));
    String text = new String(written, UTF_8);

    assertThat(dataOf(unread(text))).isEqualTo(Json.text(text)).doesNotContain("\0");
  }

  @Test
  void nothingIsNull() {
    assertThat(dataOf(unread(""))).isEqualTo("null");
  }

  private static final String OTHER = "org.example.other";

  private static EventFrame unread(String json) {
    return frame(new UnknownEvent(OTHER, json));
  }

  /** As it stands in the frame. */
  private static String dataOf(EventFrame frame) {
    String json = new String(frame.json(), UTF_8);
    return json.substring(json.indexOf("\"data\":") + 7, json.length() - 1);
  }

  @Test
  void foreignGarbageIsPassedOnAsText() {
    EventFrame frame = frame(new UnknownEvent("org.example.other", "not json"));

    assertThat(new String(frame.json(), UTF_8)).contains("\"data\":\"not json\"");
  }

  @Test
  void missingFieldIsNamed() {
    assertThatThrownBy(() -> EventFrame.parse("{\"id\":\"x\"}".getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("type");
  }

  private static final Charset UTF_8 = StandardCharsets.UTF_8;

  private static EventFrame frame(EventData data) {
    return new EventFrame(
        "3:17",
        new Event(
            "e1", "worker-a", "build1", Instant.parse("2026-01-02T03:04:05Z"), 1, "i1", 7, data));
  }
}
