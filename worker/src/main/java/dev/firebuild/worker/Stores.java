package dev.firebuild.worker;

import dev.firebuild.worker.build.StepCache;
import dev.firebuild.worker.guest.kernel.KernelStore;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.source.BlobCache;
import dev.firebuild.worker.source.HttpBlobSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/** What a worker keeps on disk, apart from what runs. */
record Stores(ImageStore images, KernelStore kernels, BlobCache blobs, StepCache steps)
    implements AutoCloseable {

  static Stores open(WorkerConfig config, InstantSource clock) throws IOException {
    Path cache = config.roots().data().resolve("cache");
    ImageStore images = ImageStore.open(config.roots().images());
    try {
      return new Stores(
          images,
          new KernelStore(config.roots().kernels()),
          new BlobCache(
              cache.resolve("blobs"),
              new HttpBlobSource(config.coordinator(), config::token),
              config.limits().blobCacheBytes(),
              clock),
          new StepCache(cache.resolve("steps"), images, clock));
    } catch (IOException | RuntimeException e) {
      images.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    images.close();
  }
}
