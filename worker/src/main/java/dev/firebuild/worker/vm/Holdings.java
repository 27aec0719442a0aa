package dev.firebuild.worker.vm;

import dev.firebuild.worker.host.Cgroup;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.host.Waiting;
import dev.firebuild.worker.network.Network;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives back what a machine holds on the host, however far it had come. */
final class Holdings {
  private static final Logger LOG = LoggerFactory.getLogger(Holdings.class);
  private static final Duration GONE = Duration.ofSeconds(20);
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private Holdings() {}

  /** Ends every process of machine {@code id}; its namespace and its ports end with them. */
  static void killAll(String id, Optional<MachineRecord> known) {
    try {
      List<ProcessIdentity> processes =
          Stream.concat(
                  known.stream().flatMap(Holdings::processes), ProcessTable.marked(id).stream())
              .distinct()
              .toList();
      processes.forEach(ProcessIdentity::kill);
      if (!Waiting.until(GONE, () -> processes.stream().noneMatch(ProcessIdentity::isAlive))) {
        LOG.atWarn().addKeyValue("machine", id).log("A machine's process does not end");
      }
      Cgroup.of(id).remove();
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("machine", id).setCause(e).log("Not everything could be removed");
    }
  }

  private static Stream<ProcessIdentity> processes(MachineRecord machine) {
    return Stream.of(
            machine.vmm(),
            machine.attachment().flatMap(attachment -> attachment.world()),
            machine.attachment().map(attachment -> attachment.holder()))
        .flatMap(Optional::stream);
  }

  /**
   * Ends every process, removes the network and then the directory, if need be later.
   *
   * @param network what made the machine's network; absent: it has none
   */
  static void release(
      String id, Optional<MachineRecord> known, Optional<Network> network, Journal journal) {
    killAll(id, known);
    new Removal(id, known, network, journal).run(AGAIN);
  }
}
