package dev.firebuild.recordcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A record that is as it is documented is taken; one with anything wrong in it is not. */
class RecordCheckTest {
  private static final Topics TOPICS = Topics.DEFAULT;
  private static final int PARTITIONS = 12;
  private static final String STARTED = "{\"worker\":\"w1\",\"tag\":\"t\"}";

  private final RecordCheck check = new RecordCheck(TOPICS, PARTITIONS);
  private final Map<String, String> headers =
      new TreeMap<>(
          Map.of(
              "ce_specversion", "1.0",
              "ce_id", "i1-7",
              "ce_type", "dev.firebuild.build.started.v1",
              "ce_source", "w1",
              "ce_subject", "b1",
              "ce_time", "2026-11-22T23:59:29.665134008Z",
              "ce_attempt", "1",
              "ce_instance", "i1",
              "ce_seq", "9223372036854775807",
              "content-type", "application/json"));

  @Test
  void anEventAsItIsDocumentedIsTaken() {
    check.see(event(STARTED));

    assertThatCode(check::requireClean).doesNotThrowAnyException();
    assertThat(check.seen()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "absent",
      value = {
        "ce_specversion, 0.3",
        "ce_id, absent",
        "ce_type, dev.firebuild.build.begun.v1",
        "ce_type, absent",
        "ce_source, ''",
        "ce_subject, b2",
        "ce_time, yesterday",
        "ce_attempt, 0",
        "ce_attempt, -1",
        "ce_attempt, first",
        "ce_instance, absent",
        "ce_seq, 9223372036854775808",
        "content-type, text/plain",
        "content-type, absent",
        "mood, good"
      })
  void anEventWithAWrongHeaderIsNot(String name, @Nullable String value) {
    headers.remove(name);
    if (value != null) {
      headers.put(name, value);
    }

    check.see(event(STARTED));

    assertThatThrownBy(check::requireClean)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 of 1 records")
        .hasMessageContaining("firebuild.events/");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"worker\":\"w1\"}",
        "{\"worker\":1,\"tag\":\"t\"}",
        "[]",
        "{\"worker\":\"w1\",\"tag\":\"t\"",
        "``"
      })
  void anEventWithAWrongValueIsNot(String value) {
    check.see(event(value));

    assertThat(check.complaints()).hasSize(1);
  }

  @Test
  void anEventInTheWrongPartitionIsNot() {
    ConsumerRecord<String, byte[]> right = event(STARTED);
    check.see(record(right.topic(), right.partition() + 1, "b1", STARTED));

    assertThat(check.complaints()).first().asString().contains("lies in partition");
  }

  @Test
  void anIdIsThatOfOneEvent() {
    check.see(event(STARTED));
    check.see(event(STARTED));
    assertThat(check.complaints()).as("a record can be there twice").isEmpty();

    headers.put("ce_seq", "8");
    check.see(event(STARTED));

    assertThat(check.complaints()).first().asString().contains("ce_id is that of another event");
  }

  @ParameterizedTest
  @CsvSource({
    "build/b1, '{\"id\":\"b1\"}', requires a whole document",
    "letter/b1, '{}', is of no kind",
    "b1, '{}', is of no kind"
  })
  void aDocumentThatIsNoneIsNot(String key, String value) {
    headers.clear();

    check.see(record(TOPICS.state(), partitionOf("b1"), key, value));

    assertThat(check.complaints()).hasSize(1);
  }

  @Test
  void aDocumentLiesWhereTheEventsOfItsSubjectLie() {
    headers.clear();
    ConsumerRecord<String, byte[]> gone =
        new ConsumerRecord<>(TOPICS.state(), partitionOf("b1"), 0, "build/b1", null);
    check.see(gone);
    assertThat(check.complaints()).isEmpty();

    check.see(new ConsumerRecord<>(TOPICS.state(), partitionOf("build/b1"), 1, "build/b1", null));

    assertThat(partitionOf("build/b1")).isNotEqualTo(partitionOf("b1"));
    assertThat(check.complaints()).hasSize(1);
  }

  @Test
  void aRequestThatIsNoneNeedsADeadLetter() {
    // Given
    headers.clear();
    check.see(record(TOPICS.buildRequests(), 0, "b1", "{\"tag\":\"t\"}"));
    assertThat(check.complaints()).hasSize(1);

    // When
    headers.putAll(
        Map.of(
            "firebuild-reason",
            "source: is required",
            "firebuild-source",
            TOPICS.buildRequests() + "/0/0",
            "firebuild-size",
            "11",
            "firebuild-digest",
            "sha256:" + "0".repeat(64)));
    check.see(record(TOPICS.deadLetters(), 0, null, "{\"tag\":\"t\"}"));

    // Then
    assertThat(check.complaints()).isEmpty();
  }

  @Test
  void whatWasDoneWithALetterIsTakenAndNothingElse() {
    headers.clear();

    check.see(record(TOPICS.deadLetters(), 0, null, "{\"letter\":\"0-1\",\"done\":\"dropped\"}"));
    assertThat(check.complaints()).isEmpty();

    check.see(record(TOPICS.deadLetters(), 0, null, "{\"letter\":\"0-1\"}"));
    assertThat(check.complaints()).hasSize(1);
  }

  @Test
  void aRequestOrCommandWithoutKeyIsSomebodyElses() {
    headers.clear();

    check.see(record(TOPICS.buildRequests(), 0, null, "no JSON"));
    check.see(record(TOPICS.commands(), 0, null, "no JSON"));

    assertThat(check.complaints()).isEmpty();
  }

  @Test
  void anUnknownTopicIsNot() {
    headers.clear();

    check.see(record("firebuild.rumours", 0, "b1", "{}"));

    assertThat(check.complaints()).hasSize(1);
  }

  private ConsumerRecord<String, byte[]> event(String value) {
    return record(TOPICS.events(), partitionOf("b1"), "b1", value);
  }

  private static int partitionOf(String subject) {
    return BuiltInPartitioner.partitionForKey(subject.getBytes(StandardCharsets.UTF_8), PARTITIONS);
  }

  private ConsumerRecord<String, byte[]> record(
      String topic, int partition, @Nullable String key, String value) {
    ConsumerRecord<String, byte[]> record =
        new ConsumerRecord<>(topic, partition, 0, key, value.getBytes(StandardCharsets.UTF_8));
    headers.forEach(
        (name, content) -> record.headers().add(name, content.getBytes(StandardCharsets.UTF_8)));
    return record;
  }
}
