package dev.firebuild.messaging;

/** Bounds the log bytes that are on their way to Kafka: who writes more waits. */
final class LogBudget {
  private final long limit;
  private long used;

  LogBudget(long limit) {
    this.limit = limit;
  }

  /** Waits until less than the limit is on its way. */
  synchronized void awaitRoom() throws InterruptedException {
    while (used >= limit) {
      wait();
    }
  }

  /** Never waits: what was let in may go a chunk beyond the limit. */
  synchronized void take(int bytes) {
    used += bytes;
  }

  synchronized void giveBack(int bytes) {
    used -= bytes;
    notifyAll();
  }
}
