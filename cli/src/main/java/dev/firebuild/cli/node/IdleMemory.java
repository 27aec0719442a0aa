package dev.firebuild.cli.node;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back the memory that a burst of work took. The serial collector shrinks the heap in a full
 * collection only, and a node that has become idle comes to none by itself.
 */
final class IdleMemory implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IdleMemory.class);
  private static final Duration LOOK = Duration.ofSeconds(20);

  private final Trim trim = new Trim();
  private final Thread thread;

  /** Looks from now on. */
  IdleMemory() {
    thread = Thread.ofPlatform().daemon().name("idle-memory").start(this::watch);
  }

  /** When a full collection is worth its pause. */
  static final class Trim {
    /** What collects at most this often between two looks is idle: heartbeats and polls. */
    private static final long IDLE_COLLECTIONS = 6;

    private static final long WORTH_BYTES = 64L << 20;

    private long lastCollections;
    private long kept;

    /**
     * Whether to collect now.
     *
     * @param collections since the JVM's start
     * @param used bytes of the heap, garbage among them
     */
    boolean isDue(long collections, long used) {
      boolean idle = collections - lastCollections <= IDLE_COLLECTIONS;
      lastCollections = collections;
      return idle && used - kept >= WORTH_BYTES;
    }

    /** Takes in what a full collection left: what is in use needs no collecting again. */
    void collected(long collections, long used) {
      lastCollections = collections;
      kept = used;
    }
  }

  @SuppressWarnings("SystemGc") // Asked for on purpose, while nobody waits.
  private void watch() {
    try {
      while (true) {
        Thread.sleep(LOOK);
        long before = used();
        if (trim.isDue(collections(), before)) {
          System.gc();
          long after = used();
          trim.collected(collections(), after);
          log.atDebug()
              .addKeyValue("before", before)
              .addKeyValue("after", after)
              .log("heap trimmed");
        }
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
