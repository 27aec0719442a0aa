package dev.firebuild.protocol;

import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON Schema (2020-12) of the values of requests, commands, events and documents: one document
 * whose {@code $defs} are named as the types are, an event's by its short name. What crosses a
 * process boundary is described here and nowhere else.
 */
public final class Schemas {
  private static final String RESOURCE = "schemas.json";

  private Schemas() {}

  /** The document, as UTF-8 JSON. */
  public static byte[] bytes() {
    return Resource.bytes(RESOURCE);
  }

  /**
   * The definitions, to be put into another document.
   *
   * @param place where they will stand, as a JSON pointer that ends with a slash: {@code
   *     #/components/schemas/}
   */
  public static ObjectNode definitions(String place) {
    String text = Json.text(Json.mapper().readTree(bytes()).path("$defs"));
    return (ObjectNode) Json.mapper().readTree(text.replace("\"#/$defs/", "\"" + place));
  }
}
