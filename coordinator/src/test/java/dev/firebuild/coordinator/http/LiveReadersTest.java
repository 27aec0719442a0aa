package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.LogChunk;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Readers that wait for what happens next. */
class LiveReadersTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration HEARTBEAT = Duration.ofMillis(200);
  private static final String BUILD =
      "{\"id\":\"b1\",\"tag\":\"demo\",\"source\":{\"dockerfile\":\"FROM scratch\\nENV A=1\"}}";

  @TempDir Path folder;
  private ApiFixture api;
  private final List<BufferedReader> readers = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    api = new ApiFixture(folder, new HttpPatience(LONG, LONG, LONG, LONG, HEARTBEAT, LONG));
    assertThat(api.post("/v1/builds", BUILD).statusCode()).isEqualTo(202);
  }

  @AfterEach
  void stop() throws Exception {
    for (BufferedReader reader : readers) {
      reader.close();
    }
    api.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/events, text/event-stream, :",
    "/v1/builds/b1/events, text/event-stream, :",
    "/v1/events, application/x-ndjson, ''",
    "/v1/builds/b1/events, application/x-ndjson, ''",
  })
  void silenceIsBrokenByHeartbeats(String path, String type, String heartbeat) throws Exception {
    // Given
    long begin = System.nanoTime();
    BufferedReader reader = open(path, type);
    String between = type.equals(EventFormat.SSE.type()) ? "" : heartbeat;

    // Then
    for (int i = 0; i < 3; i++) {
      assertThat(reader.readLine()).isEqualTo(heartbeat);
      if (!heartbeat.isEmpty()) {
        assertThat(reader.readLine()).isEqualTo(between);
      }
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isGreaterThan(HEARTBEAT.multipliedBy(2));

    // And what happens comes between them, whole
    api.event("b1", 1, "i", 1, new BuildEvent.StepStarted(7));
    assertThat(event(reader)).contains("\"position\":\"0:0\"", "\"data\":{\"step\":7}");
  }

  @Test
  void outputIsNeverMixedWithHeartbeats() throws Exception {
    BufferedReader reader = open("/v1/builds/b1/log?follow", "text/plain");
    api.event("b1", 1, "i", 1, log("one\n"));
    assertThat(reader.readLine()).isEqualTo("one");

    // Another one, that came later, has had three heartbeats
    BufferedReader other = open("/v1/events?since=now", EventFormat.NDJSON.type());
    for (int i = 0; i < 3; i++) {
      assertThat(other.readLine()).isEmpty();
    }
    api.event("b1", 1, "i", 2, log("two\n"));

    assertThat(reader.readLine()).isEqualTo("two");
  }

  @Test
  void anEventIsMadeJsonOnceForAllItsReaders() throws Exception {
    // Given
    int each = 20;
    for (int i = 0; i < each; i++) {
      open("/v1/builds/b1/events", EventFormat.SSE.type());
      open("/v1/builds/b1/events", EventFormat.NDJSON.type());
      open("/v1/events", EventFormat.NDJSON.type());
    }

    // When
    api.event("b1", 1, "i", 1, new BuildEvent.StepStarted(1));
    api.event("b1", 1, "i", 2, log("x".repeat(60_000)));

    // Then
    for (BufferedReader reader : readers) {
      assertThat(event(reader)).contains("\"data\":{\"step\":1}");
      assertThat(event(reader)).contains("x".repeat(60_000));
    }
    assertThat(counted("firebuild_frames_encoded_total")).isEqualTo(2);
    assertThat(counted("firebuild_frames_written_total")).isEqualTo(2.0 * readers.size());
  }

  @Test
  void whoTakesNothingHoldsNobodyUp() throws Exception {
    // Given
    for (int i = 0; i < 20; i++) {
      open("/v1/builds/b1/events", EventFormat.NDJSON.type());
    }
    try (Socket dead = api.connect()) {
      dead.getOutputStream()
          .write(
              ("GET /v1/builds/b1/events HTTP/1.1\r\nHost: x\r\n"
                      + api.authorization()
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      await().untilAsserted(() -> assertThat(counted("firebuild_http_open")).isEqualTo(22));

      // When more happens than its connection holds
      int count = 1000;
      for (int i = 1; i <= count; i++) {
        api.event("b1", 1, "i", i, log("x".repeat(8000)));
      }

      // Then
      for (BufferedReader reader : readers) {
        for (int i = 0; i < count; i++) {
          assertThat(event(reader)).contains("\"position\":\"0:" + i + "\"");
        }
      }
    }
  }

  private static BuildEvent.Log log(String text) {
    return new BuildEvent.Log(1, LogChunk.of("stdout", text.getBytes(StandardCharsets.UTF_8)));
  }

  private BufferedReader open(String path, String type) throws Exception {
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                api.open(api.request(path).header("Accept", type)).body(), StandardCharsets.UTF_8));
    readers.add(reader);
    return reader;
  }

  /** The JSON of the next event. */
  private static String event(BufferedReader reader) throws Exception {
    String line = reader.readLine();
    while (line != null && !line.contains("\"position\":")) {
      line = reader.readLine();
    }
    return String.valueOf(line);
  }

  private double counted(String name) throws Exception {
    return api.get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }
}
