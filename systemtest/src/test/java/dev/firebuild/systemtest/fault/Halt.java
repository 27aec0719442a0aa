package dev.firebuild.systemtest.fault;

import com.sun.jdi.event.EventSet;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A place in the code of a {@link DebuggedProcess} where it stops once, before its first line. */
final class Halt {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String place;
  private final CompletableFuture<EventSet> reached = new CompletableFuture<>();

  Halt(String place) {
    this.place = place;
  }

  /** Waits until the process has come there and stands. */
  void await() throws InterruptedException {
    try {
      var _ = reached.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("the process did not come to " + place, e);
    } catch (ExecutionException e) {
      throw new AssertionError("the process ended before it came to " + place, e);
    }
  }

  boolean isReached() {
    return reached.isDone() && !reached.isCompletedExceptionally();
  }

  /** What stands goes on. */
  void goOn() {
    reached.join().resume();
  }

  /** True: the first time, so it stays there. */
  boolean reach(EventSet stopped) {
    return reached.complete(stopped);
  }

  void fail(Exception reason) {
    reached.completeExceptionally(reason);
  }
}
