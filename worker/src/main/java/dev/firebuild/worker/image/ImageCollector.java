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

/** Removes images that no reference means and nobody has pinned, and layers that no image has. */
public final class ImageCollector {
  private final ImagePaths paths;
  private final ImageStore store;

  ImageCollector(ImagePaths paths, ImageStore store) {
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
   * Collects garbage.
   *
   * @param referenced manifests that references mean
   * @param cached layers that are needed although no image may have them
   * @param before what was published later stays: its reference may not have been heard of yet
   */
  public Removed collect(Set<Digest> referenced, Set<Digest> cached, Instant before)
      throws IOException {
    try (StoreLock _ = StoreLock.hold(paths.lock())) {
      List<Digest> manifests = new ArrayList<>();
      Set<Digest> needed = new HashSet<>(cached);
      for (Digest digest : store.manifests()) {
        Path file = paths.manifest(digest);
        if (referenced.contains(digest)
            || store.pins().isPinned(digest)
            || isYounger(file, before)) {
          store.manifest(digest).layers().forEach(layer -> needed.add(layer.digest()));
        } else {
          Files.deleteIfExists(file);
          manifests.add(digest);
        }
      }
      return new Removed(manifests, collectLayers(needed, before));
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
