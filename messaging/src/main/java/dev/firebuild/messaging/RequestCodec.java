package dev.firebuild.messaging;

import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Requests and commands as records. */
public final class RequestCodec {
  /** The most bytes of a request that is worked on. */
  public static final int LIMIT = 1 << 20;

  /** What is no larger fits however much it grows; a port grows most, to three times its size. */
  static final int SURE = LIMIT / 16;

  private static final String ATTEMPT = "firebuild-attempt";

  /** As W3C's trace context has it; later versions may have more at the end. */
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]{0,200})?");

  private RequestCodec() {}

  /** {@code request}, a build's or a run's with its id, as attempt {@code attempt} of it. */
  public static ProducerRecord<String, byte[]> encode(
      String topic, String id, Object request, int attempt, Optional<String> traceparent) {
    ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, id, Json.bytes(request));
    if (attempt > 1) {
      record.headers().add(ATTEMPT, Bytes.of(String.valueOf(attempt)));
    }
    traceparent.ifPresent(
        context -> record.headers().add(EventCodec.TRACEPARENT, Bytes.of(context)));
    return record;
  }

  /** {@code command} to the subject {@code id}. */
  public static ProducerRecord<String, byte[]> encode(String topic, String id, Command command) {
    return new ProducerRecord<>(topic, id, Json.bytes(command));
  }

  /** The number of the attempt that {@code record} asks for: 1 unless the owner wrote it. */
  public static int attemptOf(ConsumerRecord<String, byte[]> record) {
    return Math.clamp(Bytes.number(record.headers(), ATTEMPT), 1, Integer.MAX_VALUE);
  }

  /** The trace context that the request came with; what is none is not handed on. */
  public static Optional<String> traceparentOf(ConsumerRecord<String, byte[]> record) {
    return Bytes.header(record.headers(), EventCodec.TRACEPARENT)
        .filter(TRACEPARENT.asMatchPredicate());
  }

  /**
   * Reads a build request, which has an id then.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static BuildRequest build(ConsumerRecord<String, byte[]> record) {
    BuildRequest request = Json.read(value(record), BuildRequest.class);
    return bounded(record, request.id().isPresent() ? request : request.withId(idOf(record)));
  }

  /**
   * Reads a run request, which has an id then.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static RunRequest run(ConsumerRecord<String, byte[]> record) {
    RunRequest request = Json.read(value(record), RunRequest.class);
    return bounded(record, request.id().isPresent() ? request : request.withId(idOf(record)));
  }

  private static String idOf(ConsumerRecord<String, byte[]> record) {
    return Ids.ofRecord(record.topic(), record.partition(), record.offset());
  }

  private static byte[] value(ConsumerRecord<String, byte[]> record) {
    byte[] value = record.value();
    if (value == null || value.length == 0) {
      throw new IllegalArgumentException("the record is empty; expected a JSON object");
    }
    requireBounded(value.length);
    return value;
  }

  /** As firebuild writes it, a request can be longer than it came: ports get their address. */
  private static <T> T bounded(ConsumerRecord<String, byte[]> record, T request) {
    if (record.value().length > SURE) {
      requireBounded(Json.bytes(request).length);
    }
    return request;
  }

  private static void requireBounded(int length) {
    if (length > LIMIT) {
      throw new IllegalArgumentException(
          "the record has %d bytes; a request has at most %d".formatted(length, LIMIT));
    }
  }
}
