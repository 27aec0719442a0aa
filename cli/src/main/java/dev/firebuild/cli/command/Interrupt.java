package dev.firebuild.cli.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What Ctrl-C does while something runs: tells the node, and gives the command time to show the end
 * before the process goes.
 */
final class Interrupt implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final CountDownLatch shown = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean happened;

  /** {@code action} tells the node; it must not fail. */
  Interrupt(Runnable action) {
    this.hook =
        new Thread(
            () -> {
              happened = true;
              action.run();
              awaitShown();
            },
            "interrupt");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether Ctrl-C was pressed. */
  boolean happened() {
    return happened;
  }

  private void awaitShown() {
    try {
      var _ = shown.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    shown.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is going already.
    }
  }
}
