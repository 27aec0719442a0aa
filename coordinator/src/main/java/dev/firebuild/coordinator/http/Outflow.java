package dev.firebuild.coordinator.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The bytes of an answer that were written and not taken yet: so much of it lies in memory, and no
 * more, for a client that takes nothing, while for one that reads there is always something to
 * take. One thread writes at a time.
 */
final class Outflow {
  /** What may be underway; a larger piece goes when nothing else is. */
  static final int LIMIT = 64 * 1024;

  private final Semaphore room = new Semaphore(LIMIT);

  /**
   * Waits until {@code bytes} more may be underway; false: it took longer than {@code patience}.
   */
  boolean await(int bytes, Duration patience) throws InterruptedException {
    return room.tryAcquire(share(bytes), patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Without waiting: whether {@code bytes} more may be underway now. */
  boolean take(int bytes) {
    return room.tryAcquire(share(bytes));
  }

  /** {@code bytes} were taken by the client, or by nobody ever. */
  void taken(int bytes) {
    room.release(share(bytes));
  }

  boolean isEmpty() {
    return room.availablePermits() >= LIMIT;
  }

  /** Waits until nothing is underway; false: it took longer than {@code patience}. */
  boolean awaitEmpty(Duration patience) throws InterruptedException {
    boolean empty = await(LIMIT, patience);
    if (empty) {
      taken(LIMIT);
    }
    return empty;
  }

  /** Nobody waits any longer. */
  void end() {
    room.release(LIMIT);
  }

  private static int share(int bytes) {
    return Math.min(bytes, LIMIT);
  }
}
