package dev.firebuild.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The JSON Schema (2020-12) of the values of requests, commands and events: one document whose
 * {@code $defs} are named as the types are, an event's by its short name. What crosses a process
 * boundary is described here and nowhere else.
 */
public final class Schemas {
  private static final String RESOURCE = "schemas.json";

  private Schemas() {}

  /** The document, as UTF-8 JSON. */
  public static byte[] bytes() {
    try (InputStream in = Schemas.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + RESOURCE + " is missing in the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
  }
}
