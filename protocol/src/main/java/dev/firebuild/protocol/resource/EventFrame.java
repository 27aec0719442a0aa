package dev.firebuild.protocol.resource;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.event.UnknownEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event as the HTTP API streams it: CloudEvents 1.0 in the structured JSON form, with
 * firebuild's {@code attempt}, {@code instance} and {@code seq}, and the {@code position} from
 * which a reader can go on.
 *
 * @param position after this event, for {@code Last-Event-ID}
 */
public record EventFrame(String position, Event event) {
  private static final String SPECVERSION = "1.0";
  private static final byte[] DATA = ",\"data\":".getBytes(StandardCharsets.UTF_8);

  /** One line of JSON, without a line end. */
  public byte[] json() {
    byte[] head = head(position);
    byte[] rest = rest(event);
    byte[] json = Arrays.copyOf(head, head.length + rest.length);
    System.arraycopy(rest, 0, json, head.length, rest.length);
    return json;
  }

  /** The beginning of {@link #json()}, up to the event's part. */
  public static byte[] head(String position) {
    return ("{\"position\":" + Json.text(position) + ",").getBytes(StandardCharsets.UTF_8);
  }

  /** What follows {@link #head}: the event's part, the same for all that get it. */
  public static byte[] rest(Event event) {
    return rest(event, json(event.data()));
  }

  private static byte[] rest(Event event, byte[] data) {
    ObjectNode frame = Json.mapper().createObjectNode();
    frame.put("specversion", SPECVERSION);
    frame.put("id", event.id());
    frame.put("source", event.source());
    frame.put("type", event.type());
    frame.put("subject", event.subject());
    frame.put("time", event.time().toString());
    frame.put("attempt", event.attempt());
    frame.put("instance", event.instance());
    frame.put("seq", event.seq());
    byte[] context = Json.bytes(frame);
    byte[] rest = new byte[context.length - 2 + DATA.length + data.length + 1];
    System.arraycopy(context, 1, rest, 0, context.length - 2);
    System.arraycopy(DATA, 0, rest, context.length - 2, DATA.length);
    System.arraycopy(data, 0, rest, context.length - 2 + DATA.length, data.length);
    rest[rest.length - 1] = '}';
    return rest;
  }

  /** Reads {@link #json()}; throws {@link IllegalArgumentException} if it is something else. */
  public static EventFrame parse(byte[] json) {
    JsonNode frame = Json.read(json, JsonNode.class);
    String type = text(frame, "type");
    return new EventFrame(
        text(frame, "position"),
        new Event(
            text(frame, "id"),
            text(frame, "source"),
            text(frame, "subject"),
            Instant.parse(text(frame, "time")),
            frame.path("attempt").asInt(0),
            frame.path("instance").asString(""),
            frame.path("seq").asLong(0),
            data(type, frame.path("data"))));
  }

  /** What {@code data} is as JSON on one line. */
  private static byte[] json(EventData data) {
    if (!(data instanceof UnknownEvent(String _, String json))) {
      return Json.bytes(data);
    }
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return Json.isLine(bytes) ? bytes : Json.bytes(tree(bytes, json));
  }

  private static JsonNode tree(byte[] bytes, String text) {
    try {
      return Json.mapper().readTree(bytes);
    } catch (JacksonException e) {
      // What a foreign producer wrote under a type of its own need not be JSON.
      return Json.mapper().getNodeFactory().stringNode(text);
    }
  }

  private static EventData data(String type, JsonNode data) {
    return EventType.ofType(type)
        .<EventData>map(known -> Json.mapper().treeToValue(data, known.data()))
        .orElseGet(() -> new UnknownEvent(type, data.toString()));
  }

  private static String text(JsonNode frame, String field) {
    JsonNode value = frame.get(field);
    if (value == null || !value.isString()) {
      throw new IllegalArgumentException("event: the field " + field + " is missing");
    }
    return value.asString();
  }
}
