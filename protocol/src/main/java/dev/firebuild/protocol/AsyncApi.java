package dev.firebuild.protocol;

import dev.firebuild.protocol.event.EventType;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The AsyncAPI 3.0 description of the topics: which messages they carry, with the headers and, from
 * {@link Schemas}, the values of each.
 */
public final class AsyncApi {
  private static final String RESOURCE = "asyncapi.json";
  private static final String SCHEMAS = "#/components/schemas/";

  private AsyncApi() {}

  /** The document for an installation whose topics are {@code topics}, as UTF-8 JSON. */
  public static byte[] bytes(Topics topics) {
    ObjectNode document = (ObjectNode) Json.mapper().readTree(Resource.bytes(RESOURCE));
    ObjectNode channels = document.withObject("channels");
    Map.of(
            "buildRequests", topics.buildRequests(),
            "runRequests", topics.runRequests(),
            "commands", topics.commands(),
            "events", topics.events(),
            "state", topics.state(),
            "deadLetters", topics.deadLetters())
        .forEach((channel, topic) -> channels.withObject(channel).put("address", topic));
    ObjectNode components = document.withObject("components");
    components.withObject("schemas").setAll(Schemas.definitions(SCHEMAS));
    ObjectNode offered = channels.withObject("events").withObject("messages");
    ObjectNode messages = components.withObject("messages");
    for (EventType type : EventType.values()) {
      offered.putObject(type.shortName()).put("$ref", "#/components/messages/" + type.shortName());
      messages.set(type.shortName(), message(type, components.path("schemas")));
    }
    return Json.bytes(document);
  }

  private static ObjectNode message(EventType type, JsonNode schemas) {
    ObjectNode message = Json.mapper().createObjectNode();
    message.put("name", type.type());
    message.put("title", type.shortName());
    message.put("summary", schemas.path(type.shortName()).path("description").asString(""));
    ObjectNode headers = message.putObject("headers");
    headers.putArray("allOf").addObject().put("$ref", SCHEMAS + "EventHeaders");
    headers
        .putObject("properties")
        .putObject("ce_type")
        .put("type", "string")
        .put("const", type.type());
    message.putObject("payload").put("$ref", SCHEMAS + type.shortName());
    return message;
  }
}
