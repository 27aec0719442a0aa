package dev.firebuild.systemtest.engine;

import dev.firebuild.worker.guest.GuestKeys;
import dev.firebuild.worker.guest.GuestSession;
import dev.firebuild.worker.host.HostLayout;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.network.Attachment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A second way into the guest of a running build, beside the worker's own: for what no step can do
 * to its machine, but a fault can. Needs root.
 */
public final class GuestDoor {
  private final String id;
  private final Path data;

  private GuestDoor(String id, Path data) {
    this.id = id;
    this.data = data;
  }

  /** To the only machine below {@code data}. */
  public static GuestDoor of(Path data) throws IOException {
    try (Stream<Path> machines = Files.list(data.resolve("machines"))) {
      List<Path> all = machines.toList();
      if (all.size() != 1) {
        throw new IllegalStateException("not one machine: " + all);
      }
      return new GuestDoor(all.getFirst().getFileName().toString(), data);
    }
  }

  /** Lets the guest's kernel panic. */
  public void panic() throws IOException {
    try (GuestSession session = session()) {
      var _ = session.start(List.of("/bin/sh", "-c", "echo c >/proc/sysrq-trigger"));
    }
  }

  /** Ends the worker's connections with the guest. */
  public void cutConnections() throws IOException {
    tunnels().forEach(ProcessHandle::destroyForcibly);
  }

  /** What runs on the host for the machine, or may have been forgotten there. */
  public List<ProcessIdentity> processes() throws IOException {
    return ProcessTable.marked(id);
  }

  private GuestSession session() throws IOException {
    String inside = Long.toString(tunnels().getFirst().pid());
    return GuestSession.connect(
        Processes.of(System.getenv()),
        List.of(
            "nsenter",
            "-t",
            inside,
            "-n",
            "busybox",
            "nc",
            Attachment.GUEST_ADDRESS,
            Integer.toString(Attachment.SSH_PORT)),
        ProcessTable.mark(id),
        GuestKeys.read(new HostLayout(data).machine(id).keys()));
  }

  private List<ProcessHandle> tunnels() throws IOException {
    return processes().stream()
        .map(process -> ProcessHandle.of(process.pid()))
        .flatMap(Optional::stream)
        .filter(process -> process.info().commandLine().orElse("").contains("nc 10.0.2.100"))
        .toList();
  }
}
