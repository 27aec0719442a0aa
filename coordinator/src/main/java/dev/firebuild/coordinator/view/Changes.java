package dev.firebuild.coordinator.view;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Waiting for what the views will show. */
final class Changes {
  private final Object changed = new Object();
  private int waiting;

  /** Wakes those who wait. */
  void signal() {
    synchronized (changed) {
      changed.notifyAll();
    }
  }

  /** What {@code search} finds, now or as soon as it does within {@code patience}. */
  <T> Optional<T> await(Supplier<Optional<T>> search, Duration patience)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (changed) {
      waiting++;
      try {
        while (true) {
          Optional<T> found = search.get();
          long left = (deadline - System.nanoTime()) / 1_000_000;
          if (found.isPresent() || left <= 0) {
            return found;
          }
          changed.wait(left);
        }
      } finally {
        waiting--;
      }
    }
  }

  /** How many wait. */
  int waiting() {
    synchronized (changed) {
      return waiting;
    }
  }
}
