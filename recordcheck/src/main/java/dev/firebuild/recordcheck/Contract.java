package dev.firebuild.recordcheck;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.firebuild.protocol.AsyncApi;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The AsyncAPI document of an installation, as somebody reads it who has nothing else. */
final class Contract {
  private static final String SCHEMAS = "#/components/schemas/";

  private final JsonNode document;
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final Map<String, List<Message>> byTopic = new HashMap<>();

  /**
   * A message of a channel.
   *
   * @param names of the headers that are described
   * @param type what the header {@code ce_type} must be
   */
  record Message(
      String name,
      Optional<Schema> headers,
      Set<String> names,
      Optional<String> type,
      Optional<Schema> payload,
      Optional<Schema> key) {}

  Contract(Topics topics) {
    document = Json.mapper().readTree(AsyncApi.bytes(topics));
    for (JsonNode channel : document.path("channels")) {
      List<Message> messages = new ArrayList<>();
      channel
          .path("messages")
          .forEachEntry((name, given) -> messages.add(message(name, resolved(given))));
      byTopic.put(channel.path("address").asString(), List.copyOf(messages));
    }
  }

  /** The messages of {@code topic}; none if the document does not know it. */
  List<Message> messages(String topic) {
    return byTopic.getOrDefault(topic, List.of());
  }

  private Message message(String name, JsonNode message) {
    JsonNode payload = message.path("payload");
    JsonNode key = message.at("/bindings/kafka/key");
    Set<String> names = new TreeSet<>();
    collectNames(message.path("headers"), names);
    return new Message(
        name,
        schema(message.path("headers")),
        names,
        message.at("/headers/properties/ce_type/const").asStringOpt(),
        message.path("contentType").asString("").equals("application/octet-stream")
            ? Optional.empty()
            : schema(payload),
        schema(key));
  }

  private void collectNames(JsonNode given, Set<String> names) {
    JsonNode headers = resolved(given);
    names.addAll(headers.path("properties").propertyNames());
    headers.path("allOf").forEach(part -> collectNames(part, names));
  }

  private Optional<Schema> schema(JsonNode schema) {
    if (schema.isMissingNode()) {
      return Optional.empty();
    }
    ObjectNode whole = Json.mapper().createObjectNode();
    whole.set("$defs", alone(document.at("/components/schemas")));
    whole.putArray("allOf").add(alone(schema));
    return Optional.of(registry.getSchema(whole));
  }

  /** With references that hold also where the rest of the document is missing. */
  private static JsonNode alone(JsonNode part) {
    return Json.mapper().readTree(Json.text(part).replace("\"" + SCHEMAS, "\"#/$defs/"));
  }

  private JsonNode resolved(JsonNode given) {
    String reference = given.path("$ref").asString("");
    return reference.isEmpty() ? given : document.at(reference.substring(1));
  }
}
