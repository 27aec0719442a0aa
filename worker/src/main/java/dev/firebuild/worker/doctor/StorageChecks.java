package dev.firebuild.worker.doctor;

import dev.firebuild.worker.host.HostLayout;
import dev.firebuild.worker.host.MachineLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The data folder, and what it lies on. */
final class StorageChecks {
  private static final int SOCKET_PATH_LIMIT = 107;

  /** Below it a worker takes no requests. */
  private static final long LEAST_FREE = 1L << 30;

  private static final long ENOUGH_FREE = 20L << 30;

  private static final Set<String> GOOD =
      Set.of("ext4", "ext3", "xfs", "btrfs", "zfs", "f2fs", "bcachefs");

  /** They have no sparse files, no links, or no owners. */
  private static final Set<String> BAD =
      Set.of("vfat", "msdos", "exfat", "ntfs", "ntfs3", "squashfs", "erofs", "iso9660");

  private static final Pattern CHOSEN = Pattern.compile("\\[([\\w-]+)]");

  private final Subject subject;

  private StorageChecks(Subject subject) {
    this.subject = subject;
  }

  static List<Check> all(Subject subject) {
    StorageChecks checks = new StorageChecks(subject);
    return List.of(
        check(
            "disk-free",
            "There is room for images, disks and snapshots",
            Source.SNAPSHOTS,
            checks::free),
        check(
            "disk-scheduler",
            "The disk's scheduler suits it",
            Source.PRODUCTION,
            checks::scheduler),
        check(
            "data-file-system",
            "The data folder's file system has sparse files and links",
            Source.FIREBUILD,
            checks::fileSystem),
        check(
            "data-access",
            "The data folder is this user's, and closed to others",
            Source.FIREBUILD,
            checks::access),
        check(
            "data-socket-path",
            "Paths of sockets below the data folder are short enough",
            Source.FIREBUILD,
            checks::socketPath));
  }

  private static Check check(String id, String title, Source source, Probe probe) {
    return new Check(id, Group.STORAGE, title, source, probe);
  }

  private String data() {
    return subject.data().toString();
  }

  private Finding free(Host host) throws UnknownException {
    long free = host.freeBytes(data());
    String found = "%d MiB are free for %s".formatted(free >> 20, data());
    String remedy = "choose another folder with --data, or make room: firebuild rmi, firebuild rm";
    if (free < LEAST_FREE) {
      return Finding.fail(found, remedy);
    }
    return free < ENOUGH_FREE ? Finding.warn(found, remedy) : Finding.pass(found);
  }

  private Finding scheduler(Host host) throws UnknownException {
    Mount mount = Mount.of(host, data());
    List<Finding> findings = new ArrayList<>();
    for (String disk : disks(host, "/sys/dev/block/" + mount.device())) {
      findings.add(scheduler(host, mount, disk));
    }
    return Finding.worst(findings)
        .orElseThrow(() -> new UnknownException(mount.source() + " lies on no disk"));
  }

  /** What volumes, encrypted or not, are made of in the end. */
  private static List<String> disks(Host host, String device) throws UnknownException {
    List<String> parts = host.names(device + "/slaves");
    if (parts.isEmpty()) {
      return List.of(device);
    }
    List<String> disks = new ArrayList<>();
    for (String part : parts) {
      disks.addAll(disks(host, device + "/slaves/" + part));
    }
    return disks;
  }

  private static Finding scheduler(Host host, Mount mount, String disk) throws UnknownException {
    // A partition's queue is its disk's.
    boolean whole = host.text(disk + "/queue/scheduler").isPresent();
    String queue = disk + (whole ? "/queue" : "/../queue");
    Matcher chosen = CHOSEN.matcher(host.text(queue + "/scheduler").orElse(""));
    if (!chosen.find()) {
      throw new UnknownException(
          "%s (%s) shows no scheduler".formatted(mount.source(), mount.type()));
    }
    boolean turns = host.text(queue + "/rotational").orElse("").strip().equals("1");
    String found = "%s: %s".formatted(mount.source(), chosen.group(1));
    return turns && chosen.group(1).equals("none")
        ? Finding.warn(
            found + ", though it is a disk that turns: one guest's writes delay all",
            "echo bfq > %s/scheduler".formatted(queue))
        : Finding.pass(found);
  }

  private Finding fileSystem(Host host) throws UnknownException {
    Mount mount = Mount.of(host, data());
    String found = "%s on %s".formatted(mount.type(), mount.point());
    String remedy = "choose a folder on ext4, xfs or btrfs with --data";
    if (BAD.contains(mount.type()) || mount.has("ro")) {
      return Finding.fail(mount.has("ro") ? found + ", read-only" : found, remedy);
    }
    return GOOD.contains(mount.type())
        ? Finding.pass(found)
        : Finding.warn(found + ", which firebuild is not tried on", remedy);
  }

  private Finding access(Host host) throws UnknownException {
    String real = host.real(data());
    Optional<FileFacts> folder = host.file(data());
    if (!host.mayUse(real)) {
      return Finding.fail(
          "user %d may not write to %s".formatted(host.user(), real),
          "choose another folder with --data, or: chown %d %s".formatted(host.user(), real));
    }
    if (folder.isEmpty()) {
      return Finding.pass("%s is not there yet; it can be made".formatted(data()));
    }
    return (folder.get().mode() & 0022) == 0
        ? Finding.pass("%s %s".formatted(data(), folder.get()))
        : Finding.fail(
            "others may write to %s (%s)".formatted(data(), folder.get()), "chmod 0700 " + data());
  }

  private Finding socketPath(Host host) {
    MachineLayout machine = new HostLayout(subject.workerData()).machine("a".repeat(20));
    int longest =
        Stream.of(machine.qmp(), machine.serial(), machine.networkApi())
            .map(path -> path.toString().getBytes(StandardCharsets.UTF_8).length)
            .max(Comparator.naturalOrder())
            .orElse(0);
    int data = data().getBytes(StandardCharsets.UTF_8).length;
    return longest <= SOCKET_PATH_LIMIT
        ? Finding.pass("%d bytes of %d".formatted(longest, SOCKET_PATH_LIMIT))
        : Finding.fail(
            "%d bytes, the kernel's limit is %d".formatted(longest, SOCKET_PATH_LIMIT),
            "choose a --data of at most %d bytes (now %d)"
                .formatted(data - (longest - SOCKET_PATH_LIMIT), data));
  }
}
