package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.view.Listed;
import dev.firebuild.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.util.Iterator;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/**
 * A part of a list, as {@link dev.firebuild.protocol.resource.Items}.
 *
 * @param next the place after which the next page begins, if there is more
 */
record Page(byte[] json, Optional<String> next) {
  /** Items can be as large as requests: a page of 10 000 of these would fill the memory. */
  static final int BYTES = 4 << 20;

  /** At most {@code most} of {@code items}, fewer if they are large; one at least. */
  static <R> Page of(Iterator<Listed<R>> items, int most) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Optional<String> next = Optional.empty();
    try (JsonGenerator json = Json.mapper().createGenerator(out)) {
      json.writeStartObject();
      json.writeArrayPropertyStart("items");
      Optional<String> last = Optional.empty();
      for (int count = 0; count < most && out.size() < BYTES && items.hasNext(); count++) {
        Listed<R> one = items.next();
        json.writePOJO(one.item());
        // So that its size counts.
        json.flush();
        last = Optional.of(one.place());
      }
      json.writeEndArray();
      if (items.hasNext()) {
        next = last;
      }
      next.ifPresent(place -> json.writeStringProperty("next", place));
      json.writeEndObject();
    }
    return new Page(out.toByteArray(), next);
  }
}
