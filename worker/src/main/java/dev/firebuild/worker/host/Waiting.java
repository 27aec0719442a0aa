package dev.firebuild.worker.host;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what the host tells nobody about, by asking again and again. */
public final class Waiting {
  private static final Duration STEP = Duration.ofMillis(5);

  private Waiting() {}

  /** Whether {@code condition} became true within {@code limit}. */
  public static boolean until(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() >= end) {
        return false;
      }
      try {
        Thread.sleep(STEP);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return condition.getAsBoolean();
      }
    }
    return true;
  }
}
