package dev.firebuild.worker.doctor;

import java.util.List;
import java.util.Optional;

/** The kernel's virtualization. */
final class KvmChecks {
  private static final String DEVICE = "/dev/kvm";
  private static final String KVM = "/sys/module/kvm/parameters/";

  /** The kernel's own default, in microseconds. */
  private static final long USUAL_TIMER_PERIOD = 200;

  private KvmChecks() {}

  static List<Check> all() {
    return List.of(
        check("kvm-device", "There is /dev/kvm", Source.GETTING_STARTED, KvmChecks::device),
        check(
            "kvm-access",
            "firebuild may use /dev/kvm, and not everybody",
            Source.GETTING_STARTED,
            KvmChecks::access),
        check(
            "kvm-module",
            "KVM uses the processor's virtualization",
            Source.GETTING_STARTED,
            KvmChecks::module),
        check(
            "kvm-nested",
            "Guests get no virtualization of their own",
            Source.FIREBUILD,
            KvmChecks::nested),
        check(
            "kvm-timer-period",
            "A guest's timers keep the host's kernel busy within bounds",
            Source.PRODUCTION,
            KvmChecks::timerPeriod),
        check(
            "vm-creation-time",
            "A VM is made quickly: nx_huge_pages is never, or favordynmods is set",
            Source.PRODUCTION,
            KvmChecks::creationTime));
  }

  private static Check check(String id, String title, Source source, Probe probe) {
    return new Check(id, Group.KVM, title, source, probe);
  }

  private static Finding device(Host host) throws UnknownException {
    Optional<FileFacts> file = host.file(DEVICE);
    if (file.isEmpty()) {
      return Finding.warn(
          "there is none: QEMU emulates the guests, which is slow, and Firecracker cannot run",
          Processors.of(host).isIntel() ? "modprobe kvm_intel" : "modprobe kvm_amd");
    }
    return file.get().isCharacterDevice()
        ? Finding.pass("%s %s".formatted(DEVICE, file.get()))
        : Finding.fail(
            "%s is no device".formatted(DEVICE), "rm %s && udevadm trigger".formatted(DEVICE));
  }

  private static Finding access(Host host) throws UnknownException {
    FileFacts file =
        host.file(DEVICE).orElseThrow(() -> new UnknownException("there is no " + DEVICE));
    if (!host.mayUse(DEVICE)) {
      return Finding.warn(
          "this user may not open it (%s): QEMU emulates the guests".formatted(file),
          file.isUsedByGroup()
              ? "usermod -aG kvm $USER, and log in again"
              : "chgrp kvm %1$s && chmod 0660 %1$s && usermod -aG kvm $USER, and log in again"
                  .formatted(DEVICE));
    }
    return file.isWrittenByOthers()
        ? Finding.warn(
            "every user of this host may open it (%s)".formatted(file),
            "chgrp kvm %1$s && chmod 0660 %1$s".formatted(DEVICE))
        : Finding.pass(file.toString());
  }

  private static Finding module(Host host) throws UnknownException {
    for (String module : List.of("kvm_intel", "kvm_amd")) {
      if (!host.names("/sys/module/" + module).isEmpty()) {
        return Finding.pass(module);
      }
    }
    return Finding.warn(
        "neither kvm_intel nor kvm_amd is there, so guests may not boot with KVM",
        Processors.of(host).isIntel() ? "modprobe kvm_intel" : "modprobe kvm_amd");
  }

  private static Finding nested(Host host) throws UnknownException {
    for (String module : List.of("kvm_intel", "kvm_amd")) {
      Optional<String> nested = host.text("/sys/module/" + module + "/parameters/nested");
      if (nested.isPresent()) {
        return List.of("N", "0").contains(nested.get().strip())
            ? Finding.pass("%s: nested is off".formatted(module))
            : Finding.warn(
                "%s: nested is on, code of the kernel that guests need not reach".formatted(module),
                "echo 'options %1$s nested=0' > /etc/modprobe.d/firebuild.conf && modprobe -r %1$s && modprobe %1$s"
                    .formatted(module));
      }
    }
    throw new UnknownException("neither kvm_intel nor kvm_amd is loaded");
  }

  private static Finding timerPeriod(Host host) throws UnknownException {
    if (host.file(KVM + "min_timer_period_us").isEmpty()) {
      throw new UnknownException("KVM is not loaded, or too new to have min_timer_period_us");
    }
    long period = host.number(KVM + "min_timer_period_us");
    return period >= USUAL_TIMER_PERIOD
        ? Finding.pass("at most %d interrupts a second".formatted(1_000_000 / period))
        : Finding.warn(
            "min_timer_period_us is %d, below the kernel's %d"
                .formatted(period, USUAL_TIMER_PERIOD),
            "echo 'options kvm min_timer_period_us=%d' > /etc/modprobe.d/kvm.conf, and load kvm again"
                .formatted(USUAL_TIMER_PERIOD));
  }

  private static Finding creationTime(Host host) throws UnknownException {
    KernelRelease kernel = KernelRelease.of(host);
    if (!kernel.isAtLeast(6, 0)) {
      return Finding.pass("Linux %s does not need it".formatted(kernel.line()));
    }
    String pages = host.text(KVM + "nx_huge_pages").orElse("").strip();
    boolean favored =
        Mount.all(host).stream()
                .anyMatch(mount -> mount.type().startsWith("cgroup") && mount.has("favordynmods"))
            || host.bootLine().contains("cgroup_favordynmods=true");
    if (pages.equals("never") || favored) {
      return Finding.pass(favored ? "favordynmods" : "nx_huge_pages is never");
    }
    boolean safe =
        host.text(Vulnerability.FOLDER + "itlb_multihit").orElse("").startsWith("Not affected");
    return Finding.warn(
        "neither is so: Linux %s takes longer to make a VM".formatted(kernel.line()),
        safe
            ? "echo 'options kvm nx_huge_pages=never' > /etc/modprobe.d/kvm.conf, and load kvm again"
            : "mount -o remount,favordynmods /sys/fs/cgroup (with cgroups v1: cgroup_favordynmods=true on the boot line)");
  }
}
