package dev.firebuild.cli.node;

import static java.util.stream.Collectors.joining;

import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Makes the host ready for VMs, or says what is missing. */
final class HostSetup {
  private static final Path TUN = Path.of("/dev/net/tun");
  private static final List<List<String>> OPEN = List.of(List.of("chmod", "0666", TUN.toString()));
  private static final List<List<String>> MAKE =
      List.of(
          List.of("mkdir", "-p", "/dev/net"),
          List.of("mknod", "-m", "0666", TUN.toString(), "c", "10", "200"));

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
    boolean there = Files.exists(TUN);
    List<List<String>> remedy = there ? OPEN : MAKE;
    if (mayInstall) {
      try {
        for (List<String> argv : remedy) {
          asRoot(argv);
        }
      } catch (CliException | IOException e) {
        throw new CliException(forRoot(remedy), e);
      }
      return (there ? "opened " : "made and opened ")
          + TUN
          + " to all users, as distributions have it by default";
    }
    throw new CliException(forRoot(remedy));
  }

  private String forRoot(List<List<String>> remedy) {
    return "%s may not use %s, which VMs need for their network; as root: %s"
        .formatted(
            host.user(),
            TUN,
            remedy.stream().map(argv -> String.join(" ", argv)).collect(joining(" && ")));
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

  private void asRoot(List<String> argv) throws IOException, InterruptedException {
    programs.show(host.isRoot() ? argv : Stream.concat(Stream.of("sudo"), argv.stream()).toList());
  }
}
