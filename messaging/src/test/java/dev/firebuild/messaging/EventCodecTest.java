package dev.firebuild.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.event.UnknownEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class EventCodecTest {
  @Test
  void anEventComesBackAsItWas() {
    Event event = event(new BuildEvent.Started("w", "t:latest"));
    assertThat(EventCodec.decode(read(EventCodec.encode("events", event, Optional.empty()))))
        .contains(event);
  }

  @Test
  void anUnknownTypeIsKept() {
    Event event = event(new UnknownEvent("dev.firebuild.build.dreamt.v9", "{\"of\":1}"));
    ProducerRecord<String, byte[]> record = EventCodec.encode("events", event, Optional.empty());
    ConsumerRecord<String, byte[]> read =
        new ConsumerRecord<>("events", 0, 1, record.key(), bytes("{\"of\":1}"));
    record.headers().forEach(read.headers()::add);
    assertThat(EventCodec.decode(read)).contains(event);
  }

  @Test
  void anEventThatLacksSomethingIsOfUnknownKind() {
    Event heartbeat = event(new UnknownEvent("dev.firebuild.worker.heartbeat.v1", "{}"));
    ProducerRecord<String, byte[]> record =
        EventCodec.encode("events", heartbeat, Optional.empty());

    assertThat(EventCodec.decode(read(record)).orElseThrow().data())
        .isInstanceOf(UnknownEvent.class);
  }

  @Test
  void outputIsLeftUnreadForWhoPassesItOn() {
    BuildEvent.Log log = new BuildEvent.Log(3, LogChunk.of("stdout", bytes("é\n")));
    Event started = event(new BuildEvent.StepStarted(3));

    EventData unread =
        EventCodec.decodeButOutput(read(EventCodec.encode("events", event(log), Optional.empty())))
            .orElseThrow()
            .data();

    assertThat(unread)
        .isEqualTo(new UnknownEvent("dev.firebuild.build.log.v1", text(event(log).value())));
    assertThat(EventCodec.read(unread)).isEqualTo(log);
    assertThat(
            EventCodec.decodeButOutput(
                read(EventCodec.encode("events", started, Optional.empty()))))
        .contains(started);
  }

  @Test
  void aRecordThatIsNoEventIsNone() {
    assertThat(EventCodec.decode(new ConsumerRecord<>("events", 0, 1, "k", bytes("{}")))).isEmpty();
  }

  private static Event event(EventData data) {
    return new Event("id-1", "w", "b1", Instant.EPOCH, 2, "i", 7, data);
  }

  private static ConsumerRecord<String, byte[]> read(ProducerRecord<String, byte[]> record) {
    ConsumerRecord<String, byte[]> read =
        new ConsumerRecord<>(record.topic(), 0, 1, record.key(), record.value());
    record.headers().forEach(read.headers()::add);
    return read;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
