package dev.firebuild.protocol.document;

import dev.firebuild.protocol.event.ImageSummary;
import java.time.Instant;

/** What a reference means. */
public record ImageDocument(String reference, ImageSummary image, Instant publishedAt)
    implements Document {
  /** The key of the image {@code reference}. */
  public static String key(String reference) {
    return "image/" + reference;
  }

  @Override
  public String key() {
    return key(reference);
  }
}
