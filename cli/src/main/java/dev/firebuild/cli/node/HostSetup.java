package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes the host ready for VMs, or says what is missing. */
final class HostSetup {
  private static final Path TUN = Path.of("/dev/net/tun");

  private final Host host;
  private final Programs programs;
  private final boolean mayInstall;

  /**
   * @param mayInstall whether the host may be changed
   */
  HostSetup(Host host, Programs programs, boolean mayInstall) {
    this.host = host;
    this.programs = programs;
    this.mayInstall = mayInstall;
  }

  /** Installs missing packages; returns what it did, for people. */
  String packages() throws IOException, InterruptedException {
    String script = host.firebuildHome().resolve("scripts/install-packages").toString();
    String installed =
        programs.capture(
            mayInstall ? List.of(script, "run") : List.of(script, "run", "--no-install"));
    int count = (int) installed.lines().count();
    return count == 0 ? "nothing to install" : "installed %d packages".formatted(count);
  }

  /** Makes the device that networks of VMs need usable for this user; returns what it did. */
  String networkDevice() throws IOException, InterruptedException {
    requireNamespaces();
    if (Files.isReadable(TUN) && Files.isWritable(TUN)) {
      return TUN + " is usable";
    }
    if (!mayInstall) {
      throw new CliException(
          "%s may not use %s, which VMs need for their network; as root: chmod 0666 %s"
              .formatted(host.user(), TUN, TUN));
    }
    String made = "";
    if (!Files.exists(TUN)) {
      asRoot("mkdir", "-p", String.valueOf(TUN.getParent()));
      asRoot("mknod", TUN.toString(), "c", "10", "200");
      made = "made and ";
    }
    asRoot("chmod", "0666", TUN.toString());
    return "%sopened %s to all users, as distributions have it by default".formatted(made, TUN);
  }

  private void requireNamespaces() throws InterruptedException {
    if (host.isRoot() || programs.succeeds(List.of("unshare", "-U", "-r", "-n", "true"))) {
      return;
    }
    throw new CliException(
        "%s may not make user namespaces here, which VMs need for their network; as root: sysctl"
                .formatted(host.user())
            + " -w kernel.unprivileged_userns_clone=1 (Debian) or"
            + " kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), or run firebuild as root");
  }

  private void asRoot(String... argv) throws IOException, InterruptedException {
    List<String> command = host.isRoot() ? List.of(argv) : concat(List.of("sudo"), List.of(argv));
    programs.show(command);
  }

  private static List<String> concat(List<String> first, List<String> second) {
    return java.util.stream.Stream.concat(first.stream(), second.stream()).toList();
  }
}
