package dev.firebuild.protocol.decision;

import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.event.ImageEvent;
import java.util.Optional;

/** What the owner makes of published images and kernels: of two, the later build wins. */
public final class ImageDecisions {
  private ImageDecisions() {}

  /** An image is published under a reference; empty: nothing is to be written. */
  public static Optional<ImageDocument> published(
      Optional<ImageDocument> known, ImageEvent.Published event) {
    return known.filter(old -> !old.publishedAt().isBefore(event.builtAt())).isPresent()
        ? Optional.empty()
        : Optional.of(new ImageDocument(event.reference(), event.image(), event.builtAt()));
  }

  /** A kernel is published under a name; empty: nothing is to be written. */
  public static Optional<KernelDocument> published(
      Optional<KernelDocument> known, ImageEvent.KernelPublished event) {
    return known.filter(old -> !old.publishedAt().isBefore(event.builtAt())).isPresent()
        ? Optional.empty()
        : Optional.of(
            new KernelDocument(
                event.name(), event.digest(), event.build(), event.worker(), event.builtAt()));
  }
}
