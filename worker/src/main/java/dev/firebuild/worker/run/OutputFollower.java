package dev.firebuild.worker.run;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.worker.vm.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries a VM's output from its guest to Kafka until it ends, over lost connections too. */
final class OutputFollower {
  private static final Logger log = LoggerFactory.getLogger(OutputFollower.class);
  private static final long PAUSE_MILLIS = 500;

  private final Machine machine;
  private final SubjectEvents events;
  private final Path positionFile;

  OutputFollower(Machine machine, SubjectEvents events, Path positionFile) {
    this.machine = machine;
    this.events = events;
    this.positionFile = positionFile;
  }

  /**
   * Returns when everything that the program wrote is stored, or the VM has ended and the rest
   * can't be had.
   *
   * @return the program's exit code, if its end was seen
   */
  Optional<Integer> follow() throws IOException, InterruptedException {
    try (OutputPosition position = OutputPosition.open(positionFile)) {
      OutputBacklog backlog = new OutputBacklog(machine);
      while (true) {
        OutputDelivery delivery = new OutputDelivery(events, position, backlog::stored);
        try {
          int exitCode = machine.readOutput(position.read(), delivery::accept);
          delivery.settle();
          return Optional.of(exitCode);
        } catch (IOException e) {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
          if (machine.exit().isDone()) {
            log.atInfo()
                .addKeyValue("vm", events.subject())
                .addKeyValue("instance", events.instance())
                .addKeyValue("stored", position.read())
                .addKeyValue("reason", e.getMessage())
                .log("the VM has ended and the rest of its output is not to be had");
            return Optional.empty();
          }
          log.atDebug()
              .addKeyValue("vm", events.subject())
              .setCause(e)
              .log("reading a VM's output failed; it is read again from what is stored");
          pause();
        }
      }
    }
  }

  /** A moment, or less if the VM ends. */
  private void pause() throws InterruptedException {
    try {
      machine.exit().get(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException _) {
      // Both mean: look again.
    }
  }
}
