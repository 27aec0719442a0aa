package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.dockerfile.plan.BaseImages;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Reference;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.queue.Lookups;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The images that a build reads: each reference is looked up once, so that it means the same for
 * the whole build, and its image is pinned until the build has ended.
 */
final class BaseManifests implements BaseImages, AutoCloseable {
  private final Lookups lookups;
  private final ImageStore images;
  private final String owner;
  private final Map<String, Manifest> found = new LinkedHashMap<>();
  private final Map<String, Digest> pinned = new LinkedHashMap<>();
  private Optional<BuildFailedException> problem = Optional.empty();

  /**
   * @param owner of the pins
   */
  BaseManifests(Lookups lookups, ImageStore images, String owner) {
    this.lookups = lookups;
    this.images = images;
    this.owner = owner;
  }

  @Override
  public Optional<ImageConfig> find(String reference) {
    Manifest known = found.get(reference);
    if (known != null) {
      return Optional.of(known.imageConfig());
    }
    Optional<ImageDocument> document;
    try {
      document = lookups.image(Reference.parse(reference));
    } catch (IllegalArgumentException _) {
      // The planner names the line.
      return Optional.empty();
    }
    if (document.isEmpty()) {
      return Optional.empty();
    }
    Digest digest = document.get().image().digest();
    try {
      images.pins().pin(digest, owner);
      pinned.put(reference, digest);
      Manifest manifest = images.manifest(digest);
      images.layers(manifest);
      found.put(reference, manifest);
      return Optional.of(manifest.imageConfig());
    } catch (IOException e) {
      problem =
          Optional.of(
              BuildFailedException.of(
                  FailureCode.NOT_FOUND,
                  "the image %s cannot be used here".formatted(reference),
                  e));
      return Optional.empty();
    }
  }

  @Override
  public List<String> references() {
    return lookups.images().stream().map(ImageDocument::reference).toList();
  }

  /** What went wrong although there is such an image; it says more than that there is none. */
  Optional<BuildFailedException> problem() {
    return problem;
  }

  /** The image that the plan has found under {@code reference}. */
  Manifest manifest(String reference) {
    return Objects.requireNonNull(found.get(reference), "the planner asks for every image");
  }

  @Override
  public void close() throws IOException {
    for (Digest digest : pinned.values()) {
      images.pins().unpin(digest, owner);
    }
  }
}
