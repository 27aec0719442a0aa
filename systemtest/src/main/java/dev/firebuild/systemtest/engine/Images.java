package dev.firebuild.systemtest.engine;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Reference;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.worker.guest.kernel.Kernel;
import dev.firebuild.worker.queue.Lookups;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What references mean, in memory instead of in documents. */
final class Images implements Lookups {
  private final Map<Reference, ImageDocument> images = new ConcurrentHashMap<>();
  private final Map<String, KernelDocument> kernels = new ConcurrentHashMap<>();

  void put(Reference reference, ImageSummary image) {
    images.put(reference, new ImageDocument(reference.toString(), image, Instant.EPOCH));
  }

  void put(Kernel kernel) {
    kernels.put(
        kernel.name(),
        new KernelDocument(kernel.name(), kernel.digest(), "build", "test-worker", Instant.EPOCH));
  }

  ImageSummary withDigest(ImageSummary image, Digest digest) {
    return new ImageSummary(
        digest, image.layers(), image.sizeBytes(), image.build(), image.worker());
  }

  @Override
  public Optional<ImageDocument> image(Reference reference) {
    return Optional.ofNullable(images.get(reference));
  }

  @Override
  public List<ImageDocument> images() {
    return List.copyOf(images.values());
  }

  @Override
  public Optional<KernelDocument> kernel(String name) {
    return Optional.ofNullable(kernels.get(name));
  }

  @Override
  public List<KernelDocument> kernels() {
    return List.copyOf(kernels.values());
  }
}
