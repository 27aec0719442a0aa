package dev.firebuild.worker;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.worker.build.StepCache;
import dev.firebuild.worker.image.ImageCollector;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.queue.Lookups;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees images that no reference means any more. Careful rather than thorough: an image root that
 * other workers may use is left alone, for their step caches need layers that nobody else knows of;
 * so is everything that was published within a day, and everything while no image is known at all.
 */
record ImageGarbage(ImageStore images, StepCache steps, Lookups lookups, InstantSource clock) {
  private static final Logger log = LoggerFactory.getLogger(ImageGarbage.class);
  private static final Duration YOUNG = Duration.ofDays(1);

  void collect() {
    Set<Digest> referenced =
        lookups.images().stream()
            .map(ImageDocument::image)
            .map(image -> image.digest())
            .collect(Collectors.toSet());
    if (referenced.isEmpty()) {
      return;
    }
    try {
      ImageCollector.Removed removed =
          images.collector().collect(referenced, steps.layers(), clock.instant().minus(YOUNG));
      if (!removed.layers().isEmpty() || !removed.manifests().isEmpty()) {
        log.atInfo()
            .addKeyValue("images", removed.manifests().size())
            .addKeyValue("layers", removed.layers().size())
            .log("removed images that no reference means");
      }
    } catch (IOException e) {
      log.atWarn().setCause(e).log("removing images that no reference means failed");
    }
  }
}
