package dev.firebuild.recordcheck;

import com.networknt.schema.Schema;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.header.Header;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sees the records of an installation and says what is wrong with them. A request or command that
 * is not as its schema says is in order if a dead letter tells of it, or if it has no key and so is
 * none of ours. Safe for use by several threads.
 */
public final class RecordCheck {
  private static final int MOST = 20;
  private static final String SOURCE = "firebuild-source";
  private static final String WARM_UP = "firebuild-warm-up";

  private final Topics topics;
  private final int partitions;
  private final Contract contract;
  private final List<String> complaints = new ArrayList<>();
  private final Map<String, String> unreadable = new TreeMap<>();

  /** Places of records that a dead letter tells of; it can be read before them. */
  private final Set<String> buried = new HashSet<>();

  private final Map<String, String> events = new HashMap<>();
  private long seen;
  private long wrong;

  /**
   * @param partitions of the topics of events, commands and documents
   */
  public RecordCheck(Topics topics, int partitions) {
    this.topics = topics;
    this.partitions = partitions;
    this.contract = new Contract(topics);
  }

  /** Looks at {@code record}, of whatever topic. */
  public synchronized void see(ConsumerRecord<String, byte[]> record) {
    if (record.headers().lastHeader(WARM_UP) != null) {
      return;
    }
    seen++;
    String place = record.topic() + "/" + record.partition() + "/" + record.offset();
    List<String> found = new ArrayList<>();
    Optional<ObjectNode> headers = headers(record, found);
    headers.ifPresent(pairs -> look(record, pairs, found));
    if (found.isEmpty()) {
      return;
    }
    String complaint = "%s, key %s: %s".formatted(place, record.key(), String.join("; ", found));
    if (isOpenToAll(record.topic()) && record.key() == null) {
      // Ours have their id as key: this one is somebody's who may write what he likes.
      return;
    }
    if (isOpenToAll(record.topic())) {
      unreadable.put(place, complaint);
    } else if (wrong++ < MOST) {
      complaints.add(complaint);
    }
  }

  /** Looks at {@code record} as if it were stored. */
  public void see(ProducerRecord<String, byte[]> record) {
    boolean shared = !isRequest(record.topic()) && !record.topic().equals(topics.deadLetters());
    int partition =
        Optional.ofNullable(record.partition())
            .orElseGet(() -> shared ? partitionOf(record.key()) : Integer.valueOf(0));
    ConsumerRecord<String, byte[]> stored =
        new ConsumerRecord<>(record.topic(), partition, seen(), record.key(), record.value());
    record.headers().forEach(stored.headers()::add);
    see(stored);
  }

  /** How many records it has seen. */
  public synchronized long seen() {
    return seen;
  }

  /** What is wrong so far; of very much only the beginning. */
  public synchronized List<String> complaints() {
    List<String> all = new ArrayList<>(complaints);
    unreadable.keySet().removeAll(buried);
    all.addAll(unreadable.values());
    return List.copyOf(all);
  }

  /** Throws if anything is wrong. */
  public synchronized void requireClean() {
    List<String> all = complaints();
    if (!all.isEmpty()) {
      throw new AssertionError(
          "%d of %d records are not as they are documented:%n%s"
              .formatted(
                  wrong + unreadable.size(), seen, String.join(System.lineSeparator(), all)));
    }
  }

  private boolean isRequest(String topic) {
    return topic.equals(topics.buildRequests()) || topic.equals(topics.runRequests());
  }

  private boolean isOpenToAll(String topic) {
    return isRequest(topic) || topic.equals(topics.commands());
  }

  private void look(ConsumerRecord<String, byte[]> record, ObjectNode headers, List<String> found) {
    String topic = record.topic();
    if (topic.equals(topics.events())) {
      lookAtEvent(record, headers, found);
    } else if (topic.equals(topics.state())) {
      lookAtDocument(record, headers, found);
    } else if (topic.equals(topics.deadLetters())) {
      lookAtLetter(record, headers, found);
    } else {
      only(contract.messages(topic), found)
          .ifPresent(message -> compare(message, record, headers, found));
      if (topic.equals(topics.commands()) && record.key() != null) {
        comparePartition(record, record.key(), found);
      }
    }
  }

  /** A letter says in its headers where it comes from; what was done with one has none. */
  private void lookAtLetter(
      ConsumerRecord<String, byte[]> record, ObjectNode headers, List<String> found) {
    boolean letter = headers.has(SOURCE);
    if (letter) {
      buried.add(headers.path(SOURCE).asString());
    }
    List<Contract.Message> messages =
        contract.messages(record.topic()).stream()
            .filter(message -> message.headers().isPresent() == letter)
            .toList();
    only(messages, found).ifPresent(message -> compare(message, record, headers, found));
  }

  private static Optional<Contract.Message> only(
      List<Contract.Message> messages, List<String> found) {
    if (messages.size() != 1) {
      found.add("the AsyncAPI document has %d messages for it".formatted(messages.size()));
      return Optional.empty();
    }
    return Optional.of(messages.getFirst());
  }

  private void lookAtEvent(
      ConsumerRecord<String, byte[]> record, ObjectNode headers, List<String> found) {
    String type = headers.path("ce_type").asString("");
    Optional<Contract.Message> message =
        contract.messages(record.topic()).stream()
            .filter(one -> one.type().filter(type::equals).isPresent())
            .findFirst();
    if (message.isEmpty()) {
      found.add("the AsyncAPI document has no message with ce_type " + type);
      return;
    }
    compare(message.get(), record, headers, found);
    CloudEvent.compare(record.key(), headers, found);
    comparePartition(record, record.key(), found);
    String said =
        "%s of %s by %s, %s"
            .formatted(
                type,
                record.key(),
                headers.path("ce_instance").asString(""),
                headers.path("ce_seq").asString(""));
    String before = events.putIfAbsent(headers.path("ce_id").asString(""), said);
    if (before != null && !before.equals(said)) {
      found.add("its ce_id is that of another event: %s, %s".formatted(before, said));
    }
  }

  private void lookAtDocument(
      ConsumerRecord<String, byte[]> record, ObjectNode headers, List<String> found) {
    String key = String.valueOf(record.key());
    Optional<Contract.Message> message =
        contract.messages(record.topic()).stream()
            .filter(one -> one.key().filter(schema -> fits(schema, key)).isPresent())
            .findFirst();
    if (message.isEmpty()) {
      found.add("the AsyncAPI document has no document with such a key");
      return;
    }
    comparePartition(
        record, key.startsWith("name/") ? key : key.replaceFirst("^[a-z]+/", ""), found);
    if (record.value() != null) {
      compare(message.get(), record, headers, found);
    }
  }

  private static boolean fits(Schema schema, String text) {
    return schema.validate(Json.mapper().getNodeFactory().stringNode(text)).isEmpty();
  }

  private static void compare(
      Contract.Message message,
      ConsumerRecord<String, byte[]> record,
      ObjectNode headers,
      List<String> found) {
    for (String name : headers.propertyNames()) {
      if (!message.names().contains(name)) {
        found.add("%s: the header %s is not described".formatted(message.name(), name));
      }
    }
    message.headers().ifPresent(schema -> validate("headers", schema, headers, found));
    if (message.key().filter(schema -> !fits(schema, String.valueOf(record.key()))).isPresent()) {
      found.add("%s: has no such key".formatted(message.name()));
    }
    if (message.payload().isPresent()) {
      value(record, found)
          .ifPresent(value -> validate(message.name(), message.payload().get(), value, found));
    }
  }

  private static void validate(String what, Schema schema, JsonNode value, List<String> found) {
    schema.validate(value).forEach(error -> found.add(what + error));
  }

  private void comparePartition(
      ConsumerRecord<String, byte[]> record, String subject, List<String> found) {
    int expected = partitionOf(subject);
    if (record.partition() != expected) {
      found.add("lies in partition %d, not in %d".formatted(record.partition(), expected));
    }
  }

  private int partitionOf(String subject) {
    return BuiltInPartitioner.partitionForKey(subject.getBytes(StandardCharsets.UTF_8), partitions);
  }

  private static Optional<JsonNode> value(
      ConsumerRecord<String, byte[]> record, List<String> found) {
    try {
      if (record.value() != null) {
        // Decoding says what is no UTF-8; the parser would take some of it.
        return Optional.of(Json.mapper().readTree(text(record.value())));
      }
      found.add("has no value");
    } catch (CharacterCodingException | JacksonException e) {
      found.add("its value is no JSON: " + e.getMessage());
    }
    return Optional.empty();
  }

  private static Optional<ObjectNode> headers(
      ConsumerRecord<String, byte[]> record, List<String> found) {
    ObjectNode pairs = Json.mapper().createObjectNode();
    for (Header header : record.headers()) {
      try {
        if (pairs.has(header.key())) {
          found.add("the header %s is there twice".formatted(header.key()));
        }
        pairs.put(header.key(), text(header.value()));
      } catch (CharacterCodingException e) {
        found.add("the header %s is not UTF-8".formatted(header.key()));
        return Optional.empty();
      }
    }
    return Optional.of(pairs);
  }

  private static String text(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
