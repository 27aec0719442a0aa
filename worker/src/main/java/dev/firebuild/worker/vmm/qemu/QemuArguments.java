package dev.firebuild.worker.vmm.qemu;

import dev.firebuild.protocol.Json;
import dev.firebuild.worker.vmm.Drive;
import dev.firebuild.worker.vmm.Nic;
import dev.firebuild.worker.vmm.VmmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * QEMU's command line. Every device has an address of its own on the bus: drives in the order of
 * their slots, eight to a PCI device as its functions, and later snapshots can have fewer devices
 * than the machines made from them.
 */
final class QemuArguments {
  private static final int FIRST_DRIVE = 0x4;
  private static final int FUNCTIONS = 8;

  /**
   * Drives have two interrupt vectors each, and a guest of one processor has some 200 in all: those
   * beyond share the lines of the bus, which is slower.
   */
  private static final int DRIVES_WITH_VECTORS = 64;

  private static final int NIC = 0x18;
  private static final int RNG = 0x19;
  private static final int PANIC = 0x1a;

  private QemuArguments() {}

  /**
   * @param kvm the processor executes the guest, else QEMU itself does
   * @param user id of the user and group that QEMU becomes before the guest runs
   */
  static List<String> of(VmmSpec spec, boolean kvm, Optional<Long> user) {
    List<String> argv = new ArrayList<>(List.of("setpriv", "--no-new-privs", "qemu-system-x86_64"));
    add(argv, "-name", "firebuild-" + spec.id());
    add(argv, "-M", "q35");
    addProcessor(argv, spec, kvm);
    add(argv, "-m", Integer.toString(spec.memMib()));
    add(argv, "-smp", Integer.toString(spec.cpus()));
    add(argv, "-nodefaults", "-no-user-config", "-display", "none");
    // The guest waits until we listen; and QEMU stays after the guest's end until we have asked
    // why.
    add(argv, "-S", "-action", "reboot=shutdown,shutdown=pause,panic=pause");
    add(argv, "-kernel", spec.kernel().toString(), "-initrd", spec.initramfs().toString());
    // The timer check counts interrupts against a busy loop: on a loaded host an emulated machine
    // fails it, and the kernel panics at boot.
    add(argv, "-append", "console=ttyS0 panic=-1 quiet mitigations=off no_timer_check");
    add(argv, "-chardev", socket("serial", spec.files().serial().toString()));
    add(argv, "-serial", "chardev:serial");
    add(argv, "-chardev", socket("qmp", spec.files().qmp().toString()));
    add(argv, "-mon", "chardev=qmp,mode=control");
    add(argv, "-device", "pvpanic-pci,addr=0x%x".formatted(PANIC));
    add(argv, "-device", "virtio-rng-pci,addr=0x%x".formatted(RNG));
    for (int slot = 0; slot < spec.drives().size(); slot++) {
      addDrive(argv, slot, spec.drives().get(slot));
    }
    spec.nic().ifPresent(nic -> addNic(argv, nic));
    addConfinement(argv, user);
    return argv;
  }

  private static void addProcessor(List<String> argv, VmmSpec spec, boolean kvm) {
    if (kvm) {
      add(argv, "-accel", "kvm", "-cpu", "host");
    } else {
      String threads = spec.cpus() > 1 ? ",thread=multi" : "";
      add(argv, "-accel", "tcg,tb-size=128" + threads, "-cpu", "max");
    }
  }

  private static void addDrive(List<String> argv, int slot, Drive drive) {
    // Layers are shared by machines, also by those of other workers; an upper disk is one
    // machine's.
    Map<String, ?> file =
        Map.of(
            "driver",
            "file",
            "filename",
            drive.file().toString(),
            "locking",
            drive.writable() ? "auto" : "off",
            "discard",
            "unmap",
            "read-only",
            !drive.writable());
    Map<String, ?> node =
        Map.of(
            "driver",
            "raw",
            "node-name",
            node(slot),
            "read-only",
            !drive.writable(),
            "discard",
            "unmap",
            "file",
            file);
    add(argv, "-blockdev", Json.text(node));
    add(
        argv,
        "-device",
        "virtio-blk-pci,id=slot%d,drive=%s,addr=0x%x.0x%x,multifunction=on%s,werror=report,rerror=report"
            .formatted(
                slot,
                node(slot),
                FIRST_DRIVE + slot / FUNCTIONS,
                slot % FUNCTIONS,
                slot < DRIVES_WITH_VECTORS ? "" : ",vectors=0"));
  }

  private static String node(int slot) {
    return "drive" + slot;
  }

  private static void addNic(List<String> argv, Nic nic) {
    add(argv, "-netdev", "tap,id=net,ifname=%s,script=no,downscript=no".formatted(nic.tap()));
    add(
        argv,
        "-device",
        "virtio-net-pci,netdev=net,mac=%s,host_mtu=%d,romfile=,addr=0x%x"
            .formatted(nic.mac(), nic.mtu(), NIC));
  }

  private static void addConfinement(List<String> argv, Optional<Long> user) {
    // QEMU 7.2 is killed by its own filter when it changes its user under "children" or "deny". It
    // has no privileges after that, and no program that it could start would get any.
    String privileges = user.isPresent() ? "allow" : "deny";
    add(
        argv,
        "-sandbox",
        "on,obsolete=deny,elevateprivileges=%s,spawn=deny,resourcecontrol=deny"
            .formatted(privileges));
    user.ifPresent(id -> add(argv, "-runas", id + ":" + id));
  }

  /** In QEMU's option syntax a comma inside a value is written twice. */
  private static String socket(String id, String path) {
    return "socket,id=%s,path=%s,server=on,wait=off".formatted(id, path.replace(",", ",,"));
  }

  private static void add(List<String> argv, String... arguments) {
    argv.addAll(List.of(arguments));
  }
}
