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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts slirp4netns and publishes ports with it (see slirp4netns(1)). */
final class Slirp {
  private static final Duration START = Duration.ofSeconds(20);

  /**
   * Of root the sandbox of slirp4netns (1.2.0) lets go of its root directory without cutting its
   * mounts off from those of the host: every name of a network namespace would vanish from the
   * host.
   */
  private static final List<String> OWN_MOUNTS =
      List.of("unshare", "--mount", "--propagation", "private");

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
    List<String> argv = new ArrayList<>(namespace.rootless() ? List.of() : OWN_MOUNTS);
    argv.addAll(
        List.of(
            program(),
            "--mtu",
            Integer.toString(Attachment.MTU),
            "--api-socket",
            files.networkApi().toString(),
            "--disable-host-loopback",
            "--enable-sandbox",
            "--enable-seccomp",
            Long.toString(namespace.holder().pid()),
            world));
    DetachedProcess process =
        processes.startDetached(argv, ProcessTable.mark(id), files.networkLog());
    boolean answers = Waiting.until(START, () -> answers(files.networkApi()) || !process.isAlive());
    if (!answers || !process.isAlive()) {
      process.identity().kill();
      throw process.failure("slirp4netns did not start");
    }
    return process.identity();
  }

  /** What is called by another program is not looked up where root's programs are. */
  private String program() throws IOException {
    return processes
        .find("slirp4netns")
        .orElseThrow(
            () -> new IOException("this host has no slirp4netns; install it (Debian: slirp4netns)"))
        .toString();
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
