package dev.firebuild.coordinator.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The memory for requests that are being read and sent on, of all connections together: a client
 * that sends a large one slowly keeps what it has sent in memory, and there may be thousands of
 * such clients.
 */
final class BodyMemory {
  /** Some thirty of the largest requests: enough for who sends them one after another. */
  static final int DEFAULT = 32 << 20;

  private final int size;
  private final Semaphore bytes;

  /** Of {@code size} bytes in all. */
  BodyMemory(int size) {
    this.size = size;
    this.bytes = new Semaphore(size);
  }

  /** How many bytes are taken now. */
  int taken() {
    return size - bytes.availablePermits();
  }

  /** What one request may keep; none of it is taken yet. */
  Share share() {
    return new Share();
  }

  /** What one request keeps. Not for use by several threads at once. */
  final class Share implements AutoCloseable {
    private int held;

    private Share() {}

    /** Keeps {@code size} bytes in all, if there is room. */
    boolean hold(int size) {
      return size <= held || (bytes.tryAcquire(size - held) && keep(size));
    }

    /** As {@link #hold(int)}, and waits a while for room. */
    boolean hold(int size, Duration patience) throws InterruptedException {
      return size <= held
          || (bytes.tryAcquire(size - held, patience.toMillis(), TimeUnit.MILLISECONDS)
              && keep(size));
    }

    private boolean keep(int size) {
      held = size;
      return true;
    }

    /** Gives everything back; it can be used again afterwards. */
    @Override
    public void close() {
      bytes.release(held);
      held = 0;
    }
  }
}
