package dev.firebuild.worker;

import dev.firebuild.protocol.Digest;
import dev.firebuild.worker.image.ImageStore;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every layer once in the life of a process, far from anybody who waits: what a disk has
 * damaged is put aside before more is built on it.
 */
final class LayerScrub {
  private static final Logger log = LoggerFactory.getLogger(LayerScrub.class);

  private final ImageStore images;
  private final Set<Digest> read = new HashSet<>();

  LayerScrub(ImageStore images) {
    this.images = images;
  }

  /** Reads the layers that are new since the last time. */
  void run() throws IOException {
    for (Digest layer : images.layers()) {
      if (read.add(layer) && !images.verifyOrPutAside(layer)) {
        log.atError()
            .addKeyValue("layer", layer)
            .log("a layer is damaged and was put aside; build or import the images that had it");
      }
    }
  }
}
