package dev.firebuild.cli.node;

import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a process until somebody ends it. */
final class UntilTerminated {
  private static final Logger log = LoggerFactory.getLogger(UntilTerminated.class);

  private UntilTerminated() {}

  /** Returns when the process is asked to end; {@code part} is closed by then. */
  static void await(AutoCloseable part) throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    part.close();
                  } catch (Exception e) {
                    log.atWarn().setCause(e).log("not stopped cleanly");
                  }
                  closed.countDown();
                },
                "shutdown"));
    closed.await();
  }
}
