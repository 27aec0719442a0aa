package dev.firebuild.worker.build;

import dev.firebuild.worker.build.BuildGuard.EndedException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Memory that the VMs of all builds may have together. Who asks for more than is free waits. */
final class MemoryBudget {
  private static final int CHECK_MILLIS = 500;

  private final int mib;
  private final Semaphore free;

  MemoryBudget(int mib) {
    this.mib = mib;
    this.free = new Semaphore(mib, true);
  }

  /** Memory of one VM; closing it gives it back. */
  interface Share extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Waits for {@code wanted} MiB, or for all there is if that is less: then the VM is alone.
   *
   * @throws EndedException if the build is ended while it waits
   * @throws BuildFailedException if its time is over while it waits
   */
  Share take(int wanted, BuildGuard guard)
      throws InterruptedException, EndedException, BuildFailedException {
    int taken = Math.min(wanted, mib);
    do {
      guard.check();
    } while (!free.tryAcquire(taken, CHECK_MILLIS, TimeUnit.MILLISECONDS));
    return () -> free.release(taken);
  }
}
