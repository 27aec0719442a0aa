package dev.firebuild.worker.run;

import dev.firebuild.worker.vm.Machine;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the guest forget what Kafka has of its output, a good piece at a time. */
final class OutputBacklog {
  private static final Logger log = LoggerFactory.getLogger(OutputBacklog.class);

  /** Less than the smallest guest keeps, and enough that it is not asked often. */
  private static final long STEP = 2L << 20;

  private final Machine machine;
  private long stored;
  private boolean busy;

  OutputBacklog(Machine machine) {
    this.machine = machine;
  }

  /** Kafka has the output before {@code offset}. Returns at once. */
  synchronized void stored(long offset) {
    stored = offset;
    if (!busy && isDue()) {
      busy = true;
      Thread.ofVirtual().name("drop " + machine.id()).start(this::drop);
    }
  }

  private void drop() {
    try {
      for (long target = next(); target > 0; target = next()) {
        machine.dropOutput(target);
      }
    } catch (IOException e) {
      // The next piece tries again; without room the guest's program waits.
      log.atDebug()
          .addKeyValue("machine", machine.id())
          .setCause(e)
          .log("the guest did not answer");
      idle();
    }
  }

  /** What to drop now; 0: nothing, and nobody is busy any more. */
  private synchronized long next() {
    busy = isDue();
    return busy ? stored : 0;
  }

  private synchronized void idle() {
    busy = false;
  }

  private boolean isDue() {
    return machine.keptOutput(stored) >= STEP;
  }
}
