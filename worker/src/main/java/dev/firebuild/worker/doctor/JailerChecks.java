package dev.firebuild.worker.doctor;

import dev.firebuild.worker.host.VmUser;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Firecracker, its jailer, and the places where jails are made. */
final class JailerChecks {
  private static final Pattern VERSION = Pattern.compile("v(\\d+\\.\\d+\\.\\d+\\S*)");
  private static final long FIRST_USER = VmUser.FIRST;
  private static final long LAST_USER = VmUser.FIRST + VmUser.COUNT - 1;

  /** From here on making a jail takes several times as long. */
  private static final int MANY_MOUNTS = 500;

  private static final String ONE_RELEASE =
      "install both from one release: https://github.com/firecracker-microvm/firecracker/releases";

  private static final String NAMESPACES = "/run/netns";
  private static final String JOURNAL = "/run/systemd/journal/socket";

  private final Subject subject;
  private final String firecracker;
  private final String jailer;
  private final String jails;

  private JailerChecks(Subject subject) {
    this.subject = subject;
    firecracker = subject.firecracker().program();
    jailer = subject.firecracker().jailer();
    jails = subject.firecracker().jails().toString();
  }

  static List<Check> all(Subject subject) {
    JailerChecks checks = new JailerChecks(subject);
    return List.of(
        checks.check("jailer-programs", "Firecracker comes with its jailer", checks::programs),
        checks.check(
            "jailer-version", "Firecracker and its jailer are of one version", checks::version),
        checks.check("jailer-root", "The jailer is started by root", JailerChecks::root),
        checks.check(
            "jailer-trusted-programs",
            "Only root can change Firecracker and its jailer",
            checks::trustedPrograms),
        checks.check(
            "jailer-trusted-jails",
            "Only root can change the folder of the jails",
            new TrustedPath(checks.jails)),
        checks.check(
            "jailer-trusted-namespaces",
            "Only root can change the folder of network namespaces",
            new TrustedPath(NAMESPACES)),
        checks.check(
            "jailer-mount-options",
            "The jails' file system has programs and devices",
            checks::mountOptions),
        checks.check(
            "jailer-hard-links", "Images and jails lie on one file system", checks::hardLinks),
        checks.check("jailer-mounts", "Few file systems are mounted", JailerChecks::mounts),
        new Check(
            "vm-users",
            Group.JAILER,
            "Each VM has a user id of its own, which nobody else has",
            Source.PRODUCTION,
            JailerChecks::users),
        new Check(
            "log-bounds",
            Group.JAILER,
            "What guests make the worker log is bounded",
            Source.PRODUCTION,
            JailerChecks::logBounds));
  }

  /** One that has a meaning only where Firecracker is installed. */
  private Check check(String id, String title, Probe probe) {
    Probe ifInstalled =
        host -> {
          if (host.program(firecracker).isEmpty() && host.program(jailer).isEmpty()) {
            throw new UnknownException("Firecracker is not installed; QEMU runs the VMs");
          }
          return probe.look(host);
        };
    return new Check(id, Group.JAILER, title, Source.JAILER, ifInstalled);
  }

  private Finding programs(Host host) {
    List<String> there = installed(host);
    return there.size() == 2
        ? Finding.pass(String.join(", ", there))
        : Finding.warn("there is only " + String.join("", there), ONE_RELEASE);
  }

  private List<String> installed(Host host) {
    return Stream.of(firecracker, jailer).flatMap(name -> host.program(name).stream()).toList();
  }

  private Finding version(Host host) throws UnknownException {
    String ours = version(host, firecracker);
    String jailers = version(host, jailer);
    return ours.equals(jailers)
        ? Finding.pass(ours)
        : Finding.fail("Firecracker is %s, the jailer %s".formatted(ours, jailers), ONE_RELEASE);
  }

  private static String version(Host host, String program) throws UnknownException {
    String path =
        host.program(program)
            .orElseThrow(() -> new UnknownException(program + " is not installed"));
    Matcher version = VERSION.matcher(host.run(path, "--version").stdout());
    if (!version.find()) {
      throw new UnknownException("%s --version names no version".formatted(path));
    }
    return version.group(1);
  }

  private static Finding root(Host host) {
    return host.isRoot()
        ? Finding.pass("this is root")
        : Finding.warn(
            "this is user %d: QEMU works, Firecracker's jailer does not".formatted(host.user()),
            "run the worker as root where Firecracker is wanted");
  }

  private Finding trustedPrograms(Host host) throws UnknownException {
    List<Finding> findings = new ArrayList<>();
    for (String program : installed(host)) {
      findings.add(new TrustedPath(program).look(host));
    }
    return Finding.worst(findings)
        .filter(finding -> finding.status() != Status.PASS)
        .orElseGet(() -> Finding.pass(String.join(", ", installed(host)) + " are root's alone"));
  }

  private Finding mountOptions(Host host) throws UnknownException {
    Mount mount = Mount.of(host, jails);
    List<String> bad = Stream.of("nodev", "noexec", "ro").filter(mount::has).toList();
    return bad.isEmpty()
        ? Finding.pass("%s (%s)".formatted(mount.point(), mount.type()))
        : Finding.fail(
            "%s is mounted %s, so no jail works on it"
                .formatted(mount.point(), String.join(",", bad)),
            "mount -o remount,rw,dev,exec %s, or choose another folder with --chroot-base"
                .formatted(mount.point()));
  }

  private Finding hardLinks(Host host) throws UnknownException {
    Mount jail = Mount.of(host, jails);
    Mount data = Mount.of(host, subject.workerData().toString());
    return jail.equals(data)
        ? Finding.pass("both on " + data.point())
        : Finding.warn(
            "jails on %s, images on %s: kernels and layers cannot be linked into jails"
                .formatted(jail.point(), data.point()),
            "choose --data and --chroot-base on one file system");
  }

  private static Finding mounts(Host host) throws UnknownException {
    int count = Mount.all(host).size();
    return count < MANY_MOUNTS
        ? Finding.pass("%d mounts".formatted(count))
        : Finding.warn(
            "%d mounts: jails are made slowly".formatted(count),
            "unmount what is not needed: findmnt");
  }

  private static Finding users(Host host) throws UnknownException {
    if (!host.isRoot()) {
      return Finding.warn("all VMs are user %d's".formatted(host.user()), "run the worker as root");
    }
    String[] map = host.line("/proc/self/uid_map").split("\\s+", -1);
    if (map.length != 3 || Long.parseLong(map[2]) <= LAST_USER) {
      return Finding.warn(
          "this root has too few user ids to give each VM its own",
          "run the worker outside of a container");
    }
    List<String> others = new ArrayList<>();
    for (String line : host.text("/etc/passwd").orElse("").lines().toList()) {
      String[] fields = line.split(":", -1);
      if (fields.length > 2 && overlaps(fields[2], "1")) {
        others.add("user " + fields[0]);
      }
    }
    for (String line : host.text("/etc/subuid").orElse("").lines().toList()) {
      String[] fields = line.split(":", -1);
      if (fields.length == 3 && overlaps(fields[1], fields[2])) {
        others.add("/etc/subuid's " + fields[0]);
      }
    }
    return others.isEmpty()
        ? Finding.pass("ids %d to %d are free".formatted(FIRST_USER, LAST_USER))
        : Finding.warn(
            "ids of VMs (%d to %d) also belong to %s"
                .formatted(FIRST_USER, LAST_USER, String.join(", ", others)),
            "give them other ids: usermod -u, or edit /etc/subuid");
  }

  private static boolean overlaps(String first, String count) {
    if (!first.matches("\\d{1,10}") || !count.matches("\\d{1,10}")) {
      return false;
    }
    long start = Long.parseLong(first);
    return start <= LAST_USER && start + Long.parseLong(count) > FIRST_USER;
  }

  private static Finding logBounds(Host host) throws UnknownException {
    if (host.file(JOURNAL).isPresent()) {
      return Finding.pass("journald bounds its files");
    }
    return host.program("logrotate").isPresent()
        ? Finding.pass("logrotate; consoles of guests are bounded by firebuild")
        : Finding.warn(
            "there is neither journald nor logrotate: the node's log grows without end",
            "apt-get install logrotate");
  }
}
