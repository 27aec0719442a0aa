package dev.firebuild.messaging;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.request.DeadLetterMark;
import dev.firebuild.protocol.resource.DeadLetterResource;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Requests that nobody works on, as records for people: the value as it was (of one over 1 MiB its
 * first 64 KiB), the reason and the origin in headers.
 */
public final class DeadLetters {
  public static final String REASON = "firebuild-reason";
  public static final String SOURCE = "firebuild-source";
  public static final String SIZE = "firebuild-size";
  public static final String DIGEST = "firebuild-digest";

  private static final int PREFIX = 64 << 10;
  private static final byte[] NOTHING = {};

  private DeadLetters() {}

  /** What a record of the topic is. */
  public sealed interface Entry {
    /** A letter; without its value. */
    record Letter(DeadLetterResource letter) implements Entry {}

    /** Somebody has dealt with a letter. */
    record Mark(DeadLetterMark mark) implements Entry {}
  }

  /** Reads a record of the topic; empty for what is neither letter nor mark. */
  public static Optional<Entry> decode(ConsumerRecord<String, byte[]> record) {
    Optional<String> reason = Bytes.header(record.headers(), REASON);
    if (reason.isEmpty()) {
      return mark(record);
    }
    return Optional.of(
        new Entry.Letter(
            new DeadLetterResource(
                record.partition() + "-" + record.offset(),
                Bytes.header(record.headers(), SOURCE).orElse(""),
                Optional.ofNullable(record.key()),
                reason.get(),
                Bytes.number(record.headers(), SIZE),
                Bytes.header(record.headers(), DIGEST).orElse(""),
                Instant.ofEpochMilli(Math.max(0, record.timestamp())),
                DeadLetterResource.State.OPEN,
                Optional.empty(),
                Optional.empty(),
                Optional.empty())));
  }

  private static Optional<Entry> mark(ConsumerRecord<String, byte[]> record) {
    if (record.value() == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Entry.Mark(Json.read(record.value(), DeadLetterMark.class)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** {@code record} as a dead letter. */
  public static ProducerRecord<String, byte[]> of(
      String topic, ConsumerRecord<String, byte[]> record, String reason) {
    return of(
        topic,
        record.key(),
        record.value() == null ? NOTHING : record.value(),
        record.topic() + "/" + record.partition() + "/" + record.offset(),
        reason);
  }

  /** A request that was given up as a dead letter. */
  public static ProducerRecord<String, byte[]> of(
      String topic, @Nullable String key, byte[] value, String source, String reason) {
    byte[] kept = value.length > RequestCodec.LIMIT ? Arrays.copyOf(value, PREFIX) : value;
    ProducerRecord<String, byte[]> letter = new ProducerRecord<>(topic, key, kept);
    Headers headers = letter.headers();
    headers.add(REASON, Bytes.of(reason));
    headers.add(SOURCE, Bytes.of(source));
    headers.add(SIZE, Bytes.of(String.valueOf(value.length)));
    headers.add(DIGEST, Bytes.of(Digest.of(value).value()));
    return letter;
  }
}
