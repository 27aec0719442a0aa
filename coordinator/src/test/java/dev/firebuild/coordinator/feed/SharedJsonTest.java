package dev.firebuild.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.LogChunk;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedJsonTest {
  private static final EventData OUTPUT =
      new BuildEvent.Log(3, LogChunk.of("stdout", "é \"b\"\n".getBytes(StandardCharsets.UTF_8)));

  @Test
  void whatReadersHaveInCommonIsMadeOnce() {
    SharedJson json = new SharedJson(event(OUTPUT));
    AtomicInteger made = new AtomicInteger();

    byte[] first = json.rest(made::incrementAndGet);

    assertThat(json.rest(made::incrementAndGet)).isSameAs(first);
    assertThat(made).hasValue(1);
  }

  @Test
  void aFrameIsMadeOnceForAllReadersOfAFormat() {
    SharedJson json = new SharedJson(event(OUTPUT));

    byte[] first = json.frame(Format.A, () -> bytes("a"));

    assertThat(json.frame(Format.A, () -> bytes("again"))).isSameAs(first);
    assertThat(text(json.frame(Format.B, () -> bytes("b")))).isEqualTo("b");
  }

  private enum Format {
    A,
    B
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static Event event(EventData data) {
    return new Event("e1", "w1", "b1", Instant.EPOCH, 1, "i1", 7, data);
  }
}
