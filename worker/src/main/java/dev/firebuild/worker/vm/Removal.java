package dev.firebuild.worker.vm;

import dev.firebuild.worker.network.Network;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last of a machine: its network, then its directory. What cannot be removed now, because a
 * program of the host fails or hangs, is tried again; the next worker process begins with it, as it
 * is in the journal still.
 *
 * @param network what made the machine's network; absent: it has none
 */
record Removal(
    String id, Optional<MachineRecord> known, Optional<Network> network, Journal journal) {
  private static final Logger LOG = LoggerFactory.getLogger(Removal.class);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /**
   * Removes both, or goes on trying in a thread of its own.
   *
   * @param pause before the second time; it doubles from time to time
   */
  void run(Duration pause) {
    try {
      once();
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("machine", id)
          .setCause(e)
          .log("A machine's network or directory could not be removed; it is tried again");
      Thread.ofVirtual().name("removal " + id).start(() -> again(pause));
    }
  }

  private void once() throws IOException {
    if (network.isPresent()) {
      network.get().detach(id, journal.files(id), known.flatMap(MachineRecord::attachment));
    }
    journal.close(id);
  }

  private void again(Duration first) {
    Duration pause = first;
    boolean removed = false;
    while (!removed) {
      try {
        Thread.sleep(pause);
        once();
        removed = true;
        LOG.atInfo().addKeyValue("machine", id).log("The rest of a machine was removed");
      } catch (IOException e) {
        LOG.atDebug().addKeyValue("machine", id).setCause(e).log("It is not removed yet");
        Duration next = pause.multipliedBy(2);
        pause = next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
