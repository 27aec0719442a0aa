package dev.firebuild.worker;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.worker.host.Needs;
import dev.firebuild.worker.image.ImageCollector;
import dev.firebuild.worker.image.ImageStore;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees images that no reference means any more. Careful rather than thorough: what another worker
 * on the same root needs is left alone, for its step cache has layers that nobody else knows of; so
 * is what is young, for its reference may not have been heard of yet, and everything while no image
 * is known at all.
 *
 * @param documents what references mean now
 * @param steps layers that this worker's step cache needs
 * @param needs what this worker and others need of the store
 * @param keep for how long what nobody needs stays; much longer than the time between two calls
 */
record ImageGarbage(
    ImageStore images,
    Supplier<? extends Collection<ImageDocument>> documents,
    CachedLayers steps,
    Needs needs,
    Duration keep,
    InstantSource clock) {
  private static final Logger log = LoggerFactory.getLogger(ImageGarbage.class);

  /** What a step cache needs. */
  @FunctionalInterface
  interface CachedLayers {
    Set<Digest> layers() throws IOException;
  }

  private record Own(Set<Digest> manifests, Set<Digest> layers) {}

  /** Tells the other workers what this one needs. */
  void state() throws IOException {
    var _ = stateOwn();
  }

  private Own stateOwn() throws IOException {
    Set<Digest> manifests = new HashSet<>();
    for (ImageDocument document : documents.get()) {
      manifests.add(document.image().digest());
    }
    Own own = new Own(manifests, steps.layers());
    Set<Digest> all = new HashSet<>(own.manifests());
    all.addAll(own.layers());
    needs.state(all);
    return own;
  }

  /** States, and removes what nobody needs, once all have had the time to say what they do. */
  void collect() throws IOException {
    Own own = stateOwn();
    if (own.manifests().isEmpty() || !needs.areKnown()) {
      return;
    }
    Set<Digest> others = needs.ofOthers();
    own.manifests().addAll(others);
    Set<Digest> layers = new HashSet<>(own.layers());
    layers.addAll(others);
    ImageCollector.Removed removed =
        images.collector().collect(own.manifests(), layers, clock.instant().minus(keep));
    if (!removed.layers().isEmpty() || !removed.manifests().isEmpty()) {
      log.atInfo()
          .addKeyValue("images", removed.manifests().size())
          .addKeyValue("layers", removed.layers().size())
          .log("removed images that no reference means");
    }
  }
}
