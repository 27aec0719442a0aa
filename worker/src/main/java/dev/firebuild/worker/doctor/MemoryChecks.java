package dev.firebuild.worker.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Memory: what guests could learn by it, and whether there is enough. */
final class MemoryChecks {
  private static final String THP = "/sys/kernel/mm/transparent_hugepage/enabled";
  private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d+) kB$");
  private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)]");

  /** A node and one VM of the usual size. */
  private static final long LEAST_MIB = 1024;

  private static final long ENOUGH_MIB = 3072;
  private static final long LARGEST_DIRTY_RATIO = 20;

  private MemoryChecks() {}

  static List<Check> all() {
    return List.of(
        check("ksm", "Equal pages are not merged", Source.PRODUCTION, MemoryChecks::ksm),
        check(
            "swap",
            "Memory of guests is not written to a disk in the clear",
            Source.PRODUCTION,
            MemoryChecks::swap),
        check(
            "core-dumps",
            "Memory of guests is not written to core files",
            Source.FIREBUILD,
            MemoryChecks::coreDumps),
        check(
            "page-cache",
            "One guest's writes do not fill the page cache",
            Source.PRODUCTION,
            MemoryChecks::pageCache),
        check(
            "transparent-huge-pages",
            "Guests may have huge pages",
            Source.HUGE_PAGES,
            MemoryChecks::hugePages),
        check(
            "memory-overcommit",
            "The kernel promises memory that guests may not need",
            Source.FIREBUILD,
            MemoryChecks::overcommit),
        check(
            "memory-panic",
            "A guest that has no memory left does not end the host",
            Source.FIREBUILD,
            MemoryChecks::panic),
        check(
            "memory-available",
            "There is memory for a node and a VM",
            Source.FIREBUILD,
            MemoryChecks::available));
  }

  private static Check check(String id, String title, Source source, Probe probe) {
    return new Check(id, Group.MEMORY, title, source, probe);
  }

  private static Finding ksm(Host host) throws UnknownException {
    Optional<String> run = host.text("/sys/kernel/mm/ksm/run").map(String::strip);
    if (run.isEmpty()) {
      return Finding.pass("the kernel cannot");
    }
    // 2: off, and what was merged is parted again.
    return run.get().equals("1")
        ? Finding.warn(
            "they are: by the time that a write takes a guest learns what others have",
            "echo 2 > /sys/kernel/mm/ksm/run; systemctl disable --now ksm ksmtuned")
        : Finding.pass("ksm/run is " + run.get());
  }

  private static Finding swap(Host host) throws UnknownException {
    List<String> clear = new ArrayList<>();
    List<String> good = new ArrayList<>();
    for (String line : host.line("/proc/swaps").lines().skip(1).toList()) {
      String device = line.split("\\s+", -1)[0];
      (staysInMemory(device) || isEncrypted(host, device) ? good : clear).add(device);
    }
    if (!clear.isEmpty()) {
      return Finding.warn(
          "swap in the clear on " + String.join(", ", clear),
          "swapoff -a, and remove it from /etc/fstab; or encrypt it with dm-crypt");
    }
    return Finding.pass(
        good.isEmpty() ? "no swap" : "encrypted or in memory: " + String.join(", ", good));
  }

  private static boolean staysInMemory(String device) {
    return device.startsWith("/dev/zram");
  }

  private static boolean isEncrypted(Host host, String device) throws UnknownException {
    String real = host.real(device);
    String name = real.substring(real.lastIndexOf('/') + 1);
    return host.text("/sys/block/" + name + "/dm/uuid").orElse("").startsWith("CRYPT-");
  }

  private static Finding coreDumps(Host host) throws UnknownException {
    String pattern = host.line("/proc/sys/kernel/core_pattern");
    if (pattern.startsWith("|")) {
      return pattern.contains("/bin/false") || pattern.contains("/bin/true")
          ? Finding.pass("they are thrown away")
          : Finding.warn(
              "a program takes them, whatever the limit: " + pattern,
              "sysctl -w kernel.core_pattern='|/bin/false', or Storage=none in /etc/systemd/coredump.conf");
    }
    return Limit.soft(host, "Max core file size") == 0
        ? Finding.pass("the limit is 0")
        : Finding.warn(
            "a VMM that crashes leaves its guest's memory in a file",
            "start the worker with: ulimit -c 0, or LimitCORE=0 in its unit");
  }

  private static Finding pageCache(Host host) throws UnknownException {
    long bytes = host.number("/proc/sys/vm/dirty_bytes");
    if (bytes > 0) {
      return Finding.pass("at most %d MiB wait to be written".formatted(bytes >> 20));
    }
    long ratio = host.number("/proc/sys/vm/dirty_ratio");
    return ratio <= LARGEST_DIRTY_RATIO
        ? Finding.pass("at most %d %% of memory wait to be written".formatted(ratio))
        : Finding.warn(
            "%d %% of memory may wait to be written, and all others wait for it".formatted(ratio),
            "sysctl -w vm.dirty_ratio=%d".formatted(LARGEST_DIRTY_RATIO));
  }

  private static Finding hugePages(Host host) throws UnknownException {
    String text =
        host.text(THP)
            .orElseThrow(() -> new UnknownException("the kernel has no transparent huge pages"));
    Matcher chosen = CHOSEN.matcher(text);
    if (!chosen.find()) {
      throw new UnknownException("%s says: %s".formatted(THP, text.strip()));
    }
    return chosen.group(1).equals("never")
        ? Finding.warn("they may not, which makes them slower", "echo madvise > " + THP)
        : Finding.pass(chosen.group(1));
  }

  private static Finding overcommit(Host host) throws UnknownException {
    return host.number("/proc/sys/vm/overcommit_memory") == 2
        ? Finding.warn(
            "each guest's whole memory is counted when it starts (vm.overcommit_memory=2)",
            "sysctl -w vm.overcommit_memory=0")
        : Finding.pass("vm.overcommit_memory is not 2");
  }

  private static Finding panic(Host host) throws UnknownException {
    return host.number("/proc/sys/vm/panic_on_oom") == 0
        ? Finding.pass("vm.panic_on_oom is 0")
        : Finding.fail(
            "the host panics when memory is short (vm.panic_on_oom)",
            "sysctl -w vm.panic_on_oom=0");
  }

  private static Finding available(Host host) throws UnknownException {
    Matcher matcher = AVAILABLE.matcher(host.line("/proc/meminfo"));
    if (!matcher.find()) {
      throw new UnknownException("/proc/meminfo does not tell what is available");
    }
    long mib = Long.parseLong(matcher.group(1)) >> 10;
    String found = mib + " MiB are available";
    String remedy = "end other programs, or give the host more memory";
    if (mib < LEAST_MIB) {
      return Finding.fail(found, remedy);
    }
    return mib < ENOUGH_MIB ? Finding.warn(found, remedy) : Finding.pass(found);
  }
}
