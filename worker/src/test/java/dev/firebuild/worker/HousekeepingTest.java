package dev.firebuild.worker;

import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.worker.build.StepCache;
import dev.firebuild.worker.guest.kernel.KernelCollector;
import dev.firebuild.worker.guest.kernel.KernelStore;
import dev.firebuild.worker.host.Needs;
import dev.firebuild.worker.image.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HousekeepingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Digest IMAGE = new Digest("sha256:" + "1".repeat(64));
  private static final Digest KERNEL = new Digest("sha256:" + "2".repeat(64));

  private final InstantSource clock = InstantSource.system();

  @TempDir private Path directory;

  @Test
  void othersHearAtOnceWhatAWorkerNeedsThatBegins() throws IOException {
    try (ImageStore images = ImageStore.open(directory.resolve("images"))) {
      // Given
      KernelStore kernels = new KernelStore(directory.resolve("kernels"));
      StepCache steps = new StepCache(directory.resolve("steps"), images, clock);
      ImageSummary image = new ImageSummary(IMAGE, List.of(), 1, "b1", "w1");
      ImageGarbage imageGarbage =
          new ImageGarbage(
              images,
              () -> List.of(new ImageDocument("app", image, Instant.EPOCH)),
              steps::layers,
              needs(images.needs(), "w1"),
              Duration.ofDays(1),
              clock);
      KernelCollector kernelGarbage =
          new KernelCollector(
              kernels,
              () -> List.of(new KernelDocument("k", KERNEL, "build", "w1", Instant.EPOCH)),
              needs(kernels.needs(), "w1"),
              clock);
      try (Housekeeping housekeeping =
          new Housekeeping(steps, 1 << 20, imageGarbage, kernelGarbage, new LayerScrub(images))) {

        // When
        housekeeping.start();

        // Then
        await()
            .atMost(PATIENCE)
            .until(() -> needs(images.needs(), "w2").ofOthers().equals(Set.of(IMAGE)));
        await()
            .atMost(PATIENCE)
            .until(() -> needs(kernels.needs(), "w2").ofOthers().equals(Set.of(KERNEL)));
      }
    }
  }

  private Needs needs(Path directory, String worker) {
    return new Needs(directory, new Needs.Owner("kafka", worker), Needs.Sharing.SHARED, clock);
  }
}
