package dev.firebuild.worker.vmm;

import dev.firebuild.worker.host.MachineLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a VMM starts.
 *
 * @param id of the machine
 * @param files where the VMM's sockets and logs go
 * @param launcher arguments that come before the VMM's own: they enter its network namespace
 * @param cpus virtual CPUs
 * @param memMib memory in MiB
 * @param kernel image to boot
 * @param initramfs first root file system
 * @param drives in the order of their slots: config, upper, lowers, inputs
 * @param nic absent: no network card
 */
public record VmmSpec(
    String id,
    MachineLayout files,
    List<String> launcher,
    int cpus,
    int memMib,
    Path kernel,
    Path initramfs,
    List<Drive> drives,
    Optional<Nic> nic) {
  public VmmSpec {
    launcher = List.copyOf(launcher);
    drives = List.copyOf(drives);
  }
}
