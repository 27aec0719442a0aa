package dev.firebuild.worker.network;

import dev.firebuild.protocol.Json;
import dev.firebuild.worker.host.DetachedProcess;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.ProcessResult;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.host.VmUser;
import dev.firebuild.worker.host.Waiting;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network namespace that lives as long as one process of ours does, and what is set up in it. An
 * ordinary user's lies in a user namespace, where that user may do it all.
 */
public final class Namespace {
  private static final Duration START = Duration.ofSeconds(10);
  private static final Path TUN = Path.of("/dev/net/tun");

  private final Processes processes;

  public Namespace(Processes processes) {
    this.processes = processes;
  }

  /** Makes an empty namespace. */
  public Attachment create(String id, MachineLayout files) throws IOException {
    requireTun();
    boolean rootless = !VmUser.isRoot();
    List<String> argv =
        rootless
            ? List.of("unshare", "--user", "--map-root-user", "--net", "sleep", "infinity")
            : List.of("unshare", "--net", "sleep", "infinity");
    return Attachment.empty(hold(argv, id, files), rootless);
  }

  /** Starts what keeps the namespace {@code path}, which is there; only for root. */
  public Attachment hold(Path path, String id, MachineLayout files) throws IOException {
    requireTun();
    List<String> argv = List.of("nsenter", "--net=" + path, "sleep", "infinity");
    return Attachment.empty(hold(argv, id, files), false);
  }

  private ProcessIdentity hold(List<String> argv, String id, MachineLayout files)
      throws IOException {
    DetachedProcess holder =
        processes.startDetached(argv, ProcessTable.mark(id), files.networkLog());
    // It becomes `sleep` when the namespaces are complete.
    boolean made = Waiting.until(START, () -> isSleep(holder.identity()) || !holder.isAlive());
    if (!made || !holder.isAlive()) {
      holder.identity().kill();
      throw holder.failure("cannot make a network namespace");
    }
    return holder.identity();
  }

  /**
   * Makes the tap, and the worker's own way to the guest over it.
   *
   * @param namespace with the guest's link
   * @param world the device that shall be made, too, and lead to the world
   */
  public void addDevices(Attachment namespace, Optional<String> world) throws IOException {
    GuestLink link = namespace.link();
    StringBuilder batch = new StringBuilder("link set lo up\n");
    world.ifPresent(device -> addTap(batch, device, link.mtu()));
    addTap(batch, Attachment.TAP, link.mtu());
    batch.append(
        """
        address add HOST/32 dev TAP
        route add GUEST dev TAP
        neighbour replace GUEST lladdr MAC dev TAP nud permanent
        """
            .replace("HOST", link.management().host())
            .replace("GUEST", link.management().guest())
            .replace("MAC", link.mac())
            .replace("TAP", Attachment.TAP));
    run(namespace, batch.toString(), "ip", "-batch", "-");
  }

  /**
   * Loads {@code rules} in the place of those that there are, with no moment between them; the
   * devices that they name must exist.
   */
  public void setRules(Attachment namespace, String rules) throws IOException {
    String former = "add table %1$s\ndelete table %1$s\n".formatted(TapFilter.TABLE);
    run(namespace, former + rules, "nft", "-f", "-");
  }

  private static void addTap(StringBuilder batch, String device, int mtu) {
    batch.append("tuntap add dev %s mode tap\n".formatted(device));
    batch.append("link set %s mtu %d up\n".formatted(device, mtu));
  }

  /**
   * A network device.
   *
   * @param ifname its name
   * @param address its MAC address
   * @param mtu the largest packet that it takes
   */
  public record Device(String ifname, Optional<String> address, int mtu) {}

  /** The devices there are (see ip-link(8)). */
  public List<Device> devices(Attachment namespace) throws IOException {
    String links = run(namespace, "", "ip", "-json", "link", "show").stdout();
    return List.of(Json.read(links.getBytes(StandardCharsets.UTF_8), Device[].class));
  }

  private ProcessResult run(Attachment namespace, String stdin, String... argv) throws IOException {
    List<String> command = new ArrayList<>(namespace.launcher());
    // nsenter looks the program up itself, in a PATH that may lack the directories of root's.
    command.add(
        processes
            .find(argv[0])
            .orElseThrow(() ->
                new IOException(
                    "the program %s is not installed (Debian packages: iproute2 nftables)"
                        .formatted(argv[0])))
            .toString());
    command.addAll(List.of(argv).subList(1, argv.length));
    return processes.require(ProcessCommand.of(command).withStdin(stdin));
  }

  private static boolean isSleep(ProcessIdentity process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "comm"))
          .strip()
          .equals("sleep");
    } catch (IOException e) {
      return false;
    }
  }

  private static void requireTun() throws IOException {
    try (FileChannel tun =
        FileChannel.open(TUN, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      tun.isOpen();
    } catch (IOException e) {
      throw new IOException(
          "cannot make a VM's network: this user may not open /dev/net/tun (%s); as root: chmod 0666 /dev/net/tun, or modprobe tun where it is missing"
              .formatted(e.getMessage()),
          e);
    }
  }
}
