package dev.firebuild.protocol.decision;

import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;

/** How often work is tried. */
public final class Attempts {
  /** After so many lost workers the owner gives up. */
  public static final int MOST = 5;

  private Attempts() {}

  /** Whether a claim of {@code attempt} may be granted to something that is at {@code current}. */
  static boolean grants(boolean queued, int current, int attempt) {
    return queued ? attempt >= current : attempt > current;
  }

  static Failure workerLost(int attempt, String worker, String reason) {
    return Failure.of(
        FailureCode.WORKER_LOST,
        "given up after %d attempts: the last worker %s was lost (%s); look at its host and log, then submit it again"
            .formatted(attempt, worker, reason));
  }

  static Failure passed() {
    return Failure.of(
        FailureCode.LOST,
        "the queue handed the request out too often without a claim and dropped it; submit it again");
  }
}
