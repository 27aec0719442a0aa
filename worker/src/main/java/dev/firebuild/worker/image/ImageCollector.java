package dev.firebuild.worker.image;

import dev.firebuild.protocol.Digest;
import dev.firebuild.worker.host.StoreLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes images that no reference means and nobody has pinned, and layers that no image has. */
public final class ImageCollector {
  private static final Logger log = LoggerFactory.getLogger(ImageCollector.class);

  private final ImagePaths paths;
  private final ImageStore store;
  private final Manifests manifests;

  ImageCollector(ImagePaths paths, ImageStore store, Manifests manifests) {
    this.manifests = manifests;
    this.paths = paths;
    this.store = store;
  }

  /**
   * What was removed.
   *
   * @param manifests of images
   */
  public record Removed(List<Digest> manifests, List<Digest> layers) {}

  /**
   * Collects garbage. A damaged manifest is put aside; while it lies there no layer is removed: it
   * goes when its image is published again, or when nobody needs it.
   *
   * @param referenced manifests that references mean
   * @param cached layers that are needed although no image may have them
   * @param before what was published later stays: its reference may not have been heard of yet
   */
  public Removed collect(Set<Digest> referenced, Set<Digest> cached, Instant before)
      throws IOException {
    try (StoreLock _ = StoreLock.hold(paths.lock())) {
      List<Digest> removed = new ArrayList<>();
      Set<Digest> needed = new HashSet<>(cached);
      boolean allKnown = true;
      for (Digest digest : manifests.all()) {
        if (!isNeeded(digest, paths.manifest(digest), referenced, before)) {
          Files.deleteIfExists(paths.manifest(digest));
          removed.add(digest);
        } else if (!manifests.putAsideIfDamaged(digest)) {
          allKnown &= addLayers(digest, needed);
        }
      }
      for (Digest digest : manifests.damaged()) {
        Path file = paths.damagedManifest(digest);
        if (Files.exists(paths.manifest(digest)) || !isNeeded(digest, file, referenced, before)) {
          Files.deleteIfExists(file);
        } else {
          allKnown = false;
        }
      }
      // Which layers an unreadable manifest needs nobody knows: it may be any of them.
      return new Removed(removed, allKnown ? collectLayers(needed, before) : List.of());
    }
  }

  private boolean isNeeded(Digest digest, Path file, Set<Digest> referenced, Instant before)
      throws IOException {
    return referenced.contains(digest) || store.pins().isPinned(digest) || isYounger(file, before);
  }

  /** Returns whether the manifest could be read. */
  private boolean addLayers(Digest digest, Set<Digest> needed) throws IOException {
    try {
      manifests.read(digest).layers().forEach(layer -> needed.add(layer.digest()));
      return true;
    } catch (ImageException e) {
      log.atError()
          .addKeyValue("manifest", digest)
          .addKeyValue("reason", e.getMessage())
          .log("a manifest cannot be read; no layer is removed while it is there");
      return false;
    }
  }

  private List<Digest> collectLayers(Set<Digest> needed, Instant before) throws IOException {
    List<Digest> removed = new ArrayList<>();
    for (Digest digest : store.layers()) {
      Path file = paths.layer(digest);
      if (!needed.contains(digest) && !isYounger(file, before)) {
        Files.deleteIfExists(file);
        removed.add(digest);
      }
    }
    return removed;
  }

  private static boolean isYounger(Path file, Instant before) throws IOException {
    // Publication changes a file's permissions and links: that time counts, not the content's.
    Instant published = ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant();
    return published.isAfter(before);
  }
}
