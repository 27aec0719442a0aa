package dev.firebuild.coordinator.http;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Schemas;
import java.io.IOException;
import java.io.InputStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * The OpenAPI document: the routes of this API, with the schemas of requests and events as {@link
 * Schemas} has them.
 */
final class ApiDescription {
  private static final String RESOURCE = "openapi.json";

  private ApiDescription() {}

  /** The document, as UTF-8 JSON. */
  static byte[] bytes() throws IOException {
    try (InputStream in = ApiDescription.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IOException("the resource " + RESOURCE + " is missing in the jar");
      }
      ObjectNode document = (ObjectNode) Json.mapper().readTree(in);
      document
          .withObject("components")
          .withObject("schemas")
          .setAll(Schemas.definitions("#/components/schemas/"));
      return Json.bytes(document);
    }
  }
}
