package dev.firebuild.worker;

import dev.firebuild.worker.build.StepCache;
import dev.firebuild.worker.guest.kernel.KernelCollector;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a worker's disk within its limits and its layers whole, now and then. */
final class Housekeeping implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
  private static final Duration PAUSE = Duration.ofHours(1);

  /** Looking at kernels costs next to nothing, and one that was removed shall soon be gone. */
  private static final Duration KERNEL_PAUSE = Duration.ofMinutes(5);

  private final StepCache steps;
  private final long stepCacheBytes;
  private final Optional<ImageGarbage> images;
  private final Optional<KernelCollector> kernels;
  private final LayerScrub scrub;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("housekeeping").factory());

  /**
   * @param images absent where other workers may use the same image root
   * @param kernels likewise
   */
  Housekeeping(
      StepCache steps,
      long stepCacheBytes,
      Optional<ImageGarbage> images,
      Optional<KernelCollector> kernels,
      LayerScrub scrub) {
    this.steps = steps;
    this.stepCacheBytes = stepCacheBytes;
    this.images = images;
    this.kernels = kernels;
    this.scrub = scrub;
  }

  void start() {
    var _ =
        timer.scheduleWithFixedDelay(
            this::run, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    long pause = KERNEL_PAUSE.toMillis();
    var _ = timer.scheduleWithFixedDelay(this::collectKernels, pause, pause, TimeUnit.MILLISECONDS);
  }

  private void collectKernels() {
    try {
      if (kernels.isPresent()) {
        kernels.get().collect();
      }
    } catch (IOException | RuntimeException e) {
      log.atWarn().setCause(e).log("removing kernels that no document names failed");
    }
  }

  private void run() {
    try {
      steps.shrink(stepCacheBytes);
      images.ifPresent(ImageGarbage::collect);
      scrub.run();
    } catch (IOException | RuntimeException e) {
      log.atWarn().setCause(e).log("looking after the disk failed; tried again later");
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
