package dev.firebuild.worker;

import dev.firebuild.worker.build.StepCache;
import dev.firebuild.worker.guest.kernel.KernelCollector;
import java.io.IOException;
import java.time.Duration;
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
  private final ImageGarbage images;
  private final KernelCollector kernels;
  private final LayerScrub scrub;

  /** Two threads: reading every layer takes hours, others must hear from this worker meanwhile. */
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(
          2, Thread.ofPlatform().daemon().name("housekeeping-", 0).factory());

  Housekeeping(
      StepCache steps,
      long stepCacheBytes,
      ImageGarbage images,
      KernelCollector kernels,
      LayerScrub scrub) {
    this.steps = steps;
    this.stepCacheBytes = stepCacheBytes;
    this.images = images;
    this.kernels = kernels;
    this.scrub = scrub;
  }

  @FunctionalInterface
  private interface Chore {
    void run() throws IOException;
  }

  void start() {
    // Others on the same roots hear at once what this worker needs.
    timer.execute(() -> run(images::state));
    timer.execute(() -> run(kernels::state));
    repeat(this::shrink, PAUSE);
    repeat(scrub::run, PAUSE);
    repeat(kernels::collect, KERNEL_PAUSE);
  }

  private void repeat(Chore chore, Duration pause) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> run(chore), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void shrink() throws IOException {
    steps.shrink(stepCacheBytes);
    images.collect();
  }

  private static void run(Chore chore) {
    try {
      chore.run();
    } catch (IOException | RuntimeException e) {
      log.atWarn().setCause(e).log("looking after the disk failed; tried again later");
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
