package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.view.Views;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How long a request waits for what this coordinator does not know yet: another one may have
 * accepted it just now. Each thing is waited for a little, all of them together not much longer.
 * Not thread-safe.
 */
final class Waits {
  static final Duration ONE = Duration.ofSeconds(1);
  private static final Duration ALL = Duration.ofSeconds(3);

  private final Views views;
  private Duration left = ALL;

  Waits(Views views) {
    this.views = views;
  }

  /** What {@code search} finds, now or as soon as it does in time. */
  <T> Optional<T> await(Supplier<Optional<T>> search) throws InterruptedException {
    long begin = System.nanoTime();
    Optional<T> found = views.await(search, left.compareTo(ONE) < 0 ? left : ONE);
    Duration rest = left.minusNanos(System.nanoTime() - begin);
    left = rest.isNegative() ? Duration.ZERO : rest;
    return found;
  }
}
