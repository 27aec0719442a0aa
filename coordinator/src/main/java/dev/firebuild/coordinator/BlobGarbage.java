package dev.firebuild.coordinator;

import dev.firebuild.coordinator.blob.BlobStore;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.Digest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes uploads that no unfinished build needs, now and then. */
final class BlobGarbage implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BlobGarbage.class);
  private static final Duration FIRST = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofHours(1);

  private final BlobStore blobs;
  private final Duration keep;
  private final Views views;
  private final BooleanSupplier seesAll;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("blob-garbage").factory());

  /**
   * @param keep how long an upload stays after somebody has asked for it
   * @param seesAll whether the views show all builds; nothing is removed while they don't
   */
  BlobGarbage(BlobStore blobs, Duration keep, Views views, BooleanSupplier seesAll) {
    this.blobs = blobs;
    this.keep = keep;
    this.views = views;
    this.seesAll = seesAll;
  }

  void start() {
    var _ =
        timer.scheduleWithFixedDelay(
            this::run, FIRST.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void run() {
    try {
      collect();
    } catch (IOException | RuntimeException e) {
      log.atWarn().setCause(e).log("removing old uploads failed; tried again later");
    }
  }

  /** Removes what is old and needed by nobody. */
  void collect() throws IOException {
    blobs.removeAbandoned();
    if (!seesAll.getAsBoolean()) {
      return;
    }
    List<Digest> removed = blobs.collect(views.neededBlobs(), keep);
    if (!removed.isEmpty()) {
      log.atInfo().addKeyValue("blobs", removed.size()).log("removed uploads that nobody needs");
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
