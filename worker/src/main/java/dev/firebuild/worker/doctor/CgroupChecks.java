package dev.firebuild.worker.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Control groups, by which VMs are limited. */
final class CgroupChecks {
  /** Without these a guest has no limits at all. */
  private static final List<String> NEEDED = List.of("cpu", "memory", "pids");

  private static final List<String> WANTED = List.of("io", "cpuset");

  private CgroupChecks() {}

  static List<Check> all() {
    return List.of(
        check(
            "cgroup-version",
            "Control groups are those of version 2",
            Source.SNAPSHOTS,
            CgroupChecks::version),
        check(
            "cgroup-controllers",
            "There are controllers for processors, memory, processes and disks",
            Source.PRODUCTION,
            CgroupChecks::controllers),
        check(
            "cgroup-mounts",
            "Controllers of version 1 are not all mounted as one",
            Source.JAILER,
            CgroupChecks::bunched),
        check(
            "cgroup-writable",
            "This user may make control groups",
            Source.FIREBUILD,
            CgroupChecks::writable));
  }

  private static Check check(String id, String title, Source source, Probe probe) {
    return new Check(id, Group.CGROUPS, title, source, probe);
  }

  private static List<Mount> mounts(Host host, String type) throws UnknownException {
    return Mount.all(host).stream().filter(mount -> mount.type().equals(type)).toList();
  }

  private static Finding version(Host host) throws UnknownException {
    boolean first = mounts(host, "cgroup").stream().anyMatch(m -> NEEDED.stream().anyMatch(m::has));
    if (first) {
      return Finding.warn(
          "controllers are those of version 1: snapshots are loaded slowly",
          "put systemd.unified_cgroup_hierarchy=1 on the boot line");
    }
    return mounts(host, "cgroup2").isEmpty()
        ? Finding.fail("no control groups are mounted", "mount -t cgroup2 none /sys/fs/cgroup")
        : Finding.pass("version 2");
  }

  private static Finding controllers(Host host) throws UnknownException {
    Set<String> there = new TreeSet<>();
    for (Mount mount : mounts(host, "cgroup2")) {
      Optional<String> text = host.text(mount.point() + "/cgroup.controllers");
      there.addAll(List.of(text.orElse("").strip().split("\\s+", -1)));
    }
    for (Mount mount : mounts(host, "cgroup")) {
      there.addAll(mount.options());
    }
    if (there.contains("blkio")) {
      there.add("io");
    }
    List<String> needed = NEEDED.stream().filter(name -> !there.contains(name)).toList();
    if (!needed.isEmpty()) {
      return Finding.fail(
          "missing: %s; guests are not limited".formatted(String.join(", ", needed)),
          "remove cgroup_disable from the boot line, or boot a kernel that has them");
    }
    List<String> wanted = WANTED.stream().filter(name -> !there.contains(name)).toList();
    return wanted.isEmpty()
        ? Finding.pass(String.join(", ", NEEDED) + ", " + String.join(", ", WANTED))
        : Finding.warn("missing: " + String.join(", ", wanted), "boot a kernel that has them");
  }

  private static Finding bunched(Host host) throws UnknownException {
    for (Mount mount : mounts(host, "cgroup")) {
      if (NEEDED.stream().allMatch(mount::has)) {
        return Finding.warn(
            "all lie at %s, where the jailer does not find them".formatted(mount.point()),
            "use control groups of version 2: systemd.unified_cgroup_hierarchy=1 on the boot line");
      }
    }
    return Finding.pass(
        mounts(host, "cgroup").isEmpty() ? "there are none of version 1" : "they are apart");
  }

  private static Finding writable(Host host) throws UnknownException {
    List<String> closed = new ArrayList<>();
    List<Mount> all = new ArrayList<>(mounts(host, "cgroup2"));
    mounts(host, "cgroup").stream()
        .filter(mount -> NEEDED.stream().anyMatch(mount::has))
        .forEach(all::add);
    for (Mount mount : all) {
      if (!host.mayUse(mount.point())) {
        closed.add(mount.point());
      }
    }
    if (closed.isEmpty() && !all.isEmpty()) {
      return Finding.pass("below " + all.getFirst().point());
    }
    return Finding.warn(
        "this user may not, so VMs have no limits on this host"
            + (closed.isEmpty() ? "" : ": " + String.join(", ", closed)),
        host.isRoot()
            ? "mount them for writing: mount -o remount,rw /sys/fs/cgroup"
            : "run the worker as root");
  }
}
