package dev.firebuild.protocol.resource;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.ImageDocument;
import java.time.Instant;
import java.util.List;

/** An image as {@code /v1/images} shows it. */
public record ImageResource(
    String reference,
    Digest digest,
    List<Digest> layers,
    long sizeBytes,
    String build,
    String worker,
    Instant publishedAt) {

  /** What {@code document} says. */
  public static ImageResource of(ImageDocument document) {
    return new ImageResource(
        document.reference(),
        document.image().digest(),
        document.image().layers(),
        document.image().sizeBytes(),
        document.image().build(),
        document.image().worker(),
        document.publishedAt());
  }
}
