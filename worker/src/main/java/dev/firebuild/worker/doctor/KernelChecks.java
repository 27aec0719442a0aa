package dev.firebuild.worker.doctor;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kernel and what it says. */
final class KernelChecks {
  /** Those that Firecracker's releases are tested on. */
  private static final Set<String> TRIED = Set.of("5.10", "6.1", "6.18");

  private static final Pattern SERIAL = Pattern.compile("console=tty(S|AMA|USB)\\d+.*");
  private static final Pattern LOG_LEVEL = Pattern.compile("loglevel=(\\d)");

  /** Errors and worse; informative messages are above it. */
  private static final int QUIET = 4;

  /** What sandboxes of Firecracker and QEMU do with a call. */
  private static final List<String> ACTIONS = List.of("kill_process", "trap", "errno", "allow");

  private KernelChecks() {}

  static List<Check> all() {
    return List.of(
        check(
            "kernel-version",
            "Firecracker is tested on this kernel",
            Source.KERNEL_POLICY,
            KernelChecks::version),
        check(
            "kernel-newest",
            "The newest kernel that is installed runs",
            Source.PRODUCTION,
            KernelChecks::newest),
        check(
            "kernel-seccomp",
            "The kernel filters system calls",
            Source.PRODUCTION,
            KernelChecks::seccomp),
        check(
            "kernel-log-level",
            "The kernel writes little to its console",
            Source.PRODUCTION,
            KernelChecks::logLevel),
        check(
            "kernel-serial-console",
            "The kernel's console is no slow serial line",
            Source.PRODUCTION,
            KernelChecks::serialConsole),
        check(
            "kernel-entropy",
            "The kernel has random numbers",
            Source.CLONES,
            KernelChecks::entropy),
        check(
            "userfaultfd",
            "Memory of a snapshot can be served page by page",
            Source.PAGE_FAULTS,
            KernelChecks::userfaultfd),
        check(
            "snapshot-clock",
            "A guest's clock can be set when it continues from a snapshot",
            Source.SNAPSHOTS,
            KernelChecks::snapshotClock));
  }

  private static Check check(String id, String title, Source source, Probe probe) {
    return new Check(id, Group.KERNEL, title, source, probe);
  }

  private static Finding version(Host host) throws UnknownException {
    KernelRelease kernel = KernelRelease.of(host);
    if (TRIED.contains(kernel.line())) {
      return Finding.pass(kernel.text());
    }
    String remedy = "boot Linux 5.10, 6.1 or 6.18";
    return kernel.isAtLeast(5, 10)
        ? Finding.warn("Linux %s is none of 5.10, 6.1, 6.18".formatted(kernel.line()), remedy)
        : Finding.fail("Linux %s is too old".formatted(kernel.line()), remedy);
  }

  private static Finding newest(Host host) throws UnknownException {
    if (host.file("/run/reboot-required").isPresent()) {
      return Finding.warn("an update waits for a reboot (/run/reboot-required)", "reboot");
    }
    String running = KernelRelease.of(host).text();
    List<String> installed =
        host.names("/boot").stream()
            .filter(name -> name.startsWith("vmlinuz-"))
            .map(name -> name.substring("vmlinuz-".length()))
            .toList();
    if (installed.isEmpty()) {
      throw new UnknownException("no kernel lies in /boot; update the image that boots this host");
    }
    Optional<String> newer =
        installed.stream()
            .filter(other -> flavour(other).equals(flavour(running)))
            .filter(other -> Versions.compare(other, running) > 0)
            .max(Versions::compare);
    return newer.isPresent()
        ? Finding.warn("%s runs, %s is installed".formatted(running, newer.get()), "reboot")
        : Finding.pass(running);
  }

  /** The words at the end: {@code cloud-amd64}. */
  private static String flavour(String release) {
    Matcher word = Pattern.compile("-([a-zA-Z].*)$").matcher(release);
    return word.find() ? word.group(1) : "";
  }

  private static Finding seccomp(Host host) throws UnknownException {
    Optional<String> text = host.text("/proc/sys/kernel/seccomp/actions_avail");
    List<String> there = List.of(text.orElse("").strip().split("\\s+", -1));
    List<String> missing = ACTIONS.stream().filter(action -> !there.contains(action)).toList();
    return missing.isEmpty()
        ? Finding.pass("actions: " + String.join(" ", there))
        : Finding.fail(
            "it lacks %s: neither Firecracker's nor QEMU's sandbox works"
                .formatted(String.join(", ", missing)),
            "boot a kernel with CONFIG_SECCOMP_FILTER");
  }

  private static Finding logLevel(Host host) throws UnknownException {
    long level = Long.parseLong(host.line("/proc/sys/kernel/printk").split("\\s+", -1)[0]);
    if (level <= QUIET) {
      return Finding.pass("console level " + level);
    }
    return Finding.warn(
        "console level %d: each tap device and bridge port costs lines on it".formatted(level),
        "put quiet loglevel=1 on the boot line; now: dmesg -n 1");
  }

  private static Finding serialConsole(Host host) throws UnknownException {
    List<String> words = host.bootLine();
    List<String> serial = words.stream().filter(word -> SERIAL.matcher(word).matches()).toList();
    if (serial.isEmpty()) {
      return Finding.pass("no serial console on the boot line");
    }
    boolean silent =
        words.stream()
            .map(LOG_LEVEL::matcher)
            .anyMatch(level -> level.matches() && Integer.parseInt(level.group(1)) <= 1);
    String found = String.join(" ", serial);
    return silent
        ? Finding.pass(found + " with loglevel=1 or less")
        : Finding.warn(
            found + ": the kernel waits for it with every message",
            "put quiet loglevel=1 on the boot line, or remove it");
  }

  private static Finding entropy(Host host) throws UnknownException {
    long bits = host.number("/proc/sys/kernel/random/entropy_avail");
    return bits >= 128
        ? Finding.pass(bits + " bits")
        : Finding.warn(
            "only %d bits: keys that are made now may be weak or late".formatted(bits),
            "give the host a source, as virtio-rng, or: apt-get install rng-tools-debian");
  }

  private static Finding userfaultfd(Host host) throws UnknownException {
    if (host.file("/dev/userfaultfd").isPresent()) {
      return Finding.pass("/dev/userfaultfd");
    }
    if (host.file("/proc/sys/vm/unprivileged_userfaultfd").isPresent()) {
      return Finding.pass("by the system call userfaultfd");
    }
    return Finding.warn("the kernel has no userfaultfd", "boot a kernel with CONFIG_USERFAULTFD");
  }

  private static Finding snapshotClock(Host host) throws UnknownException {
    KernelRelease kernel = KernelRelease.of(host);
    return kernel.isAtLeast(5, 16)
        ? Finding.pass("Linux " + kernel.line())
        : Finding.warn("Linux %s cannot".formatted(kernel.line()), "boot Linux 5.16 or later");
  }
}
