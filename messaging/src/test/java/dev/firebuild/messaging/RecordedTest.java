package dev.firebuild.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.event.UnknownEvent;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.recordcheck.RecordCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Records that earlier versions wrote are read for ever, with all that they say. The files hold
 * what real nodes wrote and, in those of rare things, what the version's codecs made of it; they
 * are only ever added to.
 */
class RecordedTest {
  private static final Topics TOPICS = Topics.DEFAULT;

  /** Of ordinary lives, and of what is so rare that a simulation or a test had to say it. */
  private static final List<String> FILES = List.of("0.1", "0.1-rare");

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

    /** As it lay on its topic. */
    ProducerRecord<String, byte[]> stored() {
      ConsumerRecord<String, byte[]> read = record();
      // A document lies where the events of its subject lie: with one partition that is anywhere.
      return new ProducerRecord<>(
          TOPICS.prefix() + "." + topic, 0, read.key(), read.value(), read.headers());
    }
  }

  static Stream<Named<Recorded>> records() {
    return FILES.stream()
        .flatMap(RecordedTest::lines)
        .map(line -> Recorded.of(Json.mapper().readTree(line)))
        .map(one -> Named.of(one.topic() + " " + one.key(), one));
  }

  private static Stream<String> lines(String file) {
    try (InputStream in =
        Objects.requireNonNull(
            RecordedTest.class.getResourceAsStream("recorded/%s.ndjson".formatted(file)))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
  void isAsItIsDocumented(Recorded recorded) {
    RecordCheck check = new RecordCheck(TOPICS, 1);

    check.see(recorded.stored());

    assertThat(check.complaints()).isEmpty();
  }

  @Test
  void everythingThatCanBeSaidIsRecorded() {
    Set<Object> said =
        records().flatMap(one -> parts(one.getPayload().read())).collect(Collectors.toSet());
    Stream.of(EventType.values()).map(EventType::data).forEach(one -> assertSaid(said, one));
    for (Class<?> family :
        List.of(Document.class, Source.class, Command.class, OutboxEntry.class)) {
      leaves(family).forEach(one -> assertSaid(said, one));
    }
    assertSaid(said, BuildRequest.class);
    assertSaid(said, RunRequest.class);
    assertThat(said).contains((Object[]) BuildDocument.Phase.values());
    assertThat(said).contains((Object[]) VmDocument.Phase.values());
    assertThat(said).contains((Object[]) Command.Remove.Kind.values());
  }

  private static void assertSaid(Set<Object> said, Class<?> type) {
    assertThat(said).as("records with a %s", type.getSimpleName()).contains(type);
  }

  /** The records that a sealed interface permits. */
  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(RecordedTest::leaves)
        : Stream.of(type);
  }

  /** The types of what {@code read} says and has in it, and which of its kinds it is. */
  private static Stream<Object> parts(Object read) {
    Stream<Object> inside =
        switch (read) {
          case BuildRequest request -> Stream.of(request.source().getClass());
          case Command.Remove remove -> remove.kind().stream().map(Object.class::cast);
          case BuildDocument build ->
              Stream.concat(
                  Stream.of(build.phase()), build.outbox().stream().map(Object::getClass));
          case VmDocument vm ->
              Stream.concat(Stream.of(vm.phase()), vm.outbox().stream().map(Object::getClass));
          default -> Stream.empty();
        };
    return Stream.concat(Stream.of(read.getClass()), inside);
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
