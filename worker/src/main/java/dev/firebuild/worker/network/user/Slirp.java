package dev.firebuild.worker.network.user;

import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.host.DetachedProcess;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.host.Waiting;
import dev.firebuild.worker.network.Attachment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Starts slirp4netns and publishes ports with it (see slirp4netns(1)). */
final class Slirp {
  private static final Duration START = Duration.ofSeconds(20);

  private final Processes processes;

  Slirp(Processes processes) {
    this.processes = processes;
  }

  /**
   * Starts it on the existing device {@code world}, so that it could be restarted without the VM.
   * Its own protection of the host's loopback is not enough; {@code TapFilter} is.
   */
  ProcessIdentity start(String id, MachineLayout files, Attachment namespace, String world)
      throws IOException {
    List<String> argv =
        List.of(
            "slirp4netns",
            "--mtu",
            Integer.toString(Attachment.MTU),
            "--api-socket",
            files.networkApi().toString(),
            "--disable-host-loopback",
            "--enable-sandbox",
            "--enable-seccomp",
            Long.toString(namespace.holder().pid()),
            world);
    DetachedProcess process =
        processes.startDetached(argv, ProcessTable.mark(id), files.networkLog());
    boolean answers = Waiting.until(START, () -> answers(files.networkApi()) || !process.isAlive());
    if (!answers || !process.isAlive()) {
      process.identity().kill();
      throw process.failure("slirp4netns did not start");
    }
    return process.identity();
  }

  private static boolean answers(Path socket) {
    try {
      SlirpApi.of(socket).call("list_hostfwd", Map.of());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static void publish(SlirpApi api, PortMapping port) throws IOException {
    try {
      api.call(
          "add_hostfwd",
          Map.of(
              "proto", "tcp",
              "host_addr", port.address(),
              "host_port", port.host(),
              "guest_addr", Attachment.GUEST_ADDRESS,
              "guest_port", port.guest()));
    } catch (SlirpApi.RefusedException e) {
      throw new IOException(
          "cannot publish port %s:%d: another program has just taken it (%s)"
              .formatted(port.address(), port.host(), e.getMessage()),
          e);
    } catch (IOException e) {
      throw new IOException(
          "cannot publish port %s:%d: %s".formatted(port.address(), port.host(), e.getMessage()),
          e);
    }
  }
}
