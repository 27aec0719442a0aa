package dev.firebuild.messaging;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.event.UnknownEvent;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** Events as records: CloudEvents 1.0, Kafka binding, binary mode. */
public final class EventCodec {
  private static final String VERSION = "ce_specversion";
  private static final String ID = "ce_id";
  private static final String TYPE = "ce_type";
  private static final String SOURCE = "ce_source";
  private static final String SUBJECT = "ce_subject";
  private static final String TIME = "ce_time";
  private static final String ATTEMPT = "ce_attempt";
  private static final String INSTANCE = "ce_instance";
  private static final String SEQ = "ce_seq";
  private static final String CONTENT_TYPE = "content-type";

  /** W3C trace context, handed on from the request to all that is said of it. */
  public static final String TRACEPARENT = "traceparent";

  /** What most bytes of the topic are. */
  private static final Set<String> OUTPUT =
      Set.of(EventType.BUILD_LOG.type(), EventType.VM_LOG.type());

  private EventCodec() {}

  /** {@code event} for {@code topic}, keyed by its subject. */
  public static ProducerRecord<String, byte[]> encode(
      String topic, Event event, Optional<String> traceparent) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(topic, event.subject(), event.value());
    Headers headers = record.headers();
    headers.add(VERSION, Bytes.of("1.0"));
    headers.add(ID, Bytes.of(event.id()));
    headers.add(TYPE, Bytes.of(event.type()));
    headers.add(SOURCE, Bytes.of(event.source()));
    headers.add(SUBJECT, Bytes.of(event.subject()));
    headers.add(TIME, Bytes.of(event.time().toString()));
    headers.add(ATTEMPT, Bytes.of(String.valueOf(event.attempt())));
    headers.add(INSTANCE, Bytes.of(event.instance()));
    headers.add(SEQ, Bytes.of(String.valueOf(event.seq())));
    headers.add(CONTENT_TYPE, Bytes.of("application/json"));
    traceparent.ifPresent(context -> headers.add(TRACEPARENT, Bytes.of(context)));
    return record;
  }

  /** The CloudEvents type of {@code record}, without reading its value. */
  public static Optional<String> typeOf(ConsumerRecord<String, byte[]> record) {
    return typeOf(record.headers());
  }

  static Optional<String> typeOf(Headers headers) {
    return Bytes.header(headers, TYPE);
  }

  /** Who speaks in a record with {@code headers}. */
  static String instanceOf(Headers headers) {
    return Bytes.header(headers, INSTANCE).orElse("");
  }

  /**
   * Reads a record of the event topic. Types that this version does not know, and values that do
   * not fit their type, become an {@link UnknownEvent}; empty only for what is no CloudEvent.
   */
  public static Optional<Event> decode(ConsumerRecord<String, byte[]> record) {
    return decode(record, EventCodec::data);
  }

  /**
   * As {@link #decode}, for who passes events on: output is left as it lies in the topic, an {@link
   * UnknownEvent} of its type. {@link #read} reads it.
   */
  public static Optional<Event> decodeButOutput(ConsumerRecord<String, byte[]> record) {
    return decode(
        record, (type, value) -> OUTPUT.contains(type) ? unread(type, value) : data(type, value));
  }

  private static Optional<Event> decode(
      ConsumerRecord<String, byte[]> record, BiFunction<String, byte[], EventData> data) {
    Headers headers = record.headers();
    Optional<String> type = Bytes.header(headers, TYPE);
    Optional<String> id = Bytes.header(headers, ID);
    Optional<String> source = Bytes.header(headers, SOURCE);
    if (type.isEmpty() || id.isEmpty() || source.isEmpty() || record.value() == null) {
      return Optional.empty();
    }
    String key = record.key() == null ? "" : record.key();
    return Optional.of(
        new Event(
            id.get(),
            source.get(),
            Bytes.header(headers, SUBJECT).orElse(key),
            time(headers, record.timestamp()),
            (int) Bytes.number(headers, ATTEMPT),
            Bytes.header(headers, INSTANCE).orElse(""),
            Bytes.number(headers, SEQ),
            data.apply(type.get(), record.value())));
  }

  private static EventData data(String type, byte[] value) {
    return EventType.ofType(type)
        .<EventData>flatMap(known -> read(known, value))
        .orElseGet(() -> unread(type, value));
  }

  private static UnknownEvent unread(String type, byte[] value) {
    return new UnknownEvent(type, new String(value, StandardCharsets.UTF_8));
  }

  /** What {@code data} says if it was left unread; itself if it was not, or cannot be read. */
  public static EventData read(EventData data) {
    return data instanceof UnknownEvent(String type, String json)
        ? data(type, json.getBytes(StandardCharsets.UTF_8))
        : data;
  }

  private static Optional<EventData> read(EventType type, byte[] value) {
    try {
      return Optional.of(Json.readWhole(value, type.data()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Instant time(Headers headers, long timestamp) {
    Instant appended = Instant.ofEpochMilli(Math.max(0, timestamp));
    try {
      return Bytes.header(headers, TIME).map(Instant::parse).orElse(appended);
    } catch (DateTimeException e) {
      return appended;
    }
  }
}
