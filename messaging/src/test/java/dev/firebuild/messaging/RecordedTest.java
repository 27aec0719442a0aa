package dev.firebuild.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Schemas;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.event.UnknownEvent;
import dev.firebuild.protocol.request.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Records that earlier versions wrote are read for ever, with all that they say. The files hold
 * what real nodes wrote; they are only ever added to.
 */
class RecordedTest {
  /** What no ordinary life has in it. */
  private static final Set<EventType> RARE =
      EnumSet.of(
          EventType.BUILD_REJECTED,
          EventType.BUILD_LOG_TRUNCATED,
          EventType.VM_REQUEUED,
          EventType.VM_HEALTH,
          EventType.VM_FAILED,
          EventType.VM_REJECTED,
          EventType.IMAGE_REMOVED,
          EventType.NAME_WANTED,
          EventType.WORKER_STOPPING);

  /**
   * A line of the files.
   *
   * @param topic without the prefix of the installation
   */
  record Recorded(String topic, String key, JsonNode headers, JsonNode value) {
    static Recorded of(JsonNode line) {
      return new Recorded(
          line.path("topic").asString(),
          line.path("key").asString(""),
          line.path("headers"),
          line.path("value"));
    }

    ConsumerRecord<String, byte[]> record() {
      ConsumerRecord<String, byte[]> record =
          new ConsumerRecord<>(topic, 0, 0, key, Json.bytes(value));
      headers.forEachEntry((name, content) ->
          record.headers().add(name, content.asString().getBytes(StandardCharsets.UTF_8)));
      return record;
    }

    /** What this version makes of it. */
    Object read() {
      return switch (topic) {
        case "build-requests" -> RequestCodec.build(record());
        case "run-requests" -> RequestCodec.run(record());
        case "commands" -> Json.read(record().value(), Command.class);
        case "events" -> EventCodec.decode(record()).orElseThrow().data();
        case "state" -> DocumentCodec.decode(key, record().value()).orElseThrow();
        default -> throw new IllegalStateException("a topic that is not recorded: " + topic);
      };
    }

    String definition() {
      return switch (topic) {
        case "build-requests" -> "BuildRequest";
        case "run-requests" -> "RunRequest";
        case "commands" -> "Command";
        case "events" ->
            EventType.ofType(headers.path("ce_type").asString()).orElseThrow().shortName();
        default ->
            key.substring(0, 1).toUpperCase(java.util.Locale.ROOT)
                + key.substring(1, key.indexOf('/'))
                + "Document";
      };
    }
  }

  static Stream<Named<Recorded>> records() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(RecordedTest.class.getResourceAsStream("recorded/0.1.ndjson"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .map(line -> Recorded.of(Json.mapper().readTree(line)))
              .map(one -> Named.of(one.definition() + " " + one.key(), one))
              .toList()
              .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("records")
  void isReadWithAllThatItSays(Recorded recorded) {
    Object read = recorded.read();
    assertThat(read).isNotInstanceOf(UnknownEvent.class);
    assertThat(leaves(Json.mapper().valueToTree(read))).containsAll(leaves(recorded.value()));
  }

  @ParameterizedTest
  @MethodSource("records")
  void isAsItsSchemaSays(Recorded recorded) {
    ObjectNode schema = (ObjectNode) Json.mapper().readTree(Schemas.bytes());
    schema.put("$ref", "#/$defs/" + recorded.definition());
    Schema checked =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
    assertThat(checked.validate(recorded.value())).isEmpty();
  }

  @Test
  void everyOrdinaryTypeOfEventIsRecorded() throws IOException {
    Set<String> recorded =
        records()
            .map(Named::getPayload)
            .filter(one -> one.topic().equals("events"))
            .map(Recorded::definition)
            .collect(Collectors.toSet());
    assertThat(recorded)
        .containsAll(
            EnumSet.complementOf(EnumSet.copyOf(RARE)).stream().map(EventType::shortName).toList());
  }

  /** Every scalar with the place where it stands. */
  private static Set<String> leaves(JsonNode tree) {
    return leaves("", tree).collect(Collectors.toSet());
  }

  private static Stream<String> leaves(String place, JsonNode node) {
    if (node.isObject()) {
      return node.propertyStream()
          .flatMap(field -> leaves(place + "/" + field.getKey(), field.getValue()));
    }
    if (node.isArray()) {
      return java.util.stream.IntStream.range(0, node.size())
          .boxed()
          .flatMap(i -> leaves(place + "/" + i, node.get(i)));
    }
    return Stream.of(place + " = " + node);
  }
}
