package dev.firebuild.worker.vm;

import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.network.Attachment;
import java.util.List;
import java.util.Optional;

/**
 * What the journal says of a machine. Directory, control group and the mark of its processes derive
 * from the id, so they are known before any of them exists.
 *
 * @param id the instance id
 * @param ready whether the guest has been ready
 * @param network mode of its network
 * @param ports published on this host
 * @param stopSignal of the run's program; absent for a build
 * @param vmmName {@code qemu-kvm} …
 * @param attachment its network, once it is complete
 * @param vmm its VMM, once it runs
 */
record MachineRecord(
    String id,
    boolean ready,
    NetworkMode network,
    List<PortMapping> ports,
    Optional<String> stopSignal,
    String vmmName,
    Optional<Attachment> attachment,
    Optional<ProcessIdentity> vmm) {

  static MachineRecord of(MachineSpec spec, String vmmName) {
    Optional<String> stopSignal =
        switch (spec.workload()) {
          case Workload.Build() -> Optional.empty();
          case Workload.Run run -> Optional.of(run.stopSignal());
        };
    return new MachineRecord(
        spec.id(),
        false,
        spec.network(),
        spec.ports(),
        stopSignal,
        vmmName,
        Optional.empty(),
        Optional.empty());
  }

  MachineRecord withAttachment(Attachment made) {
    return new MachineRecord(
        id, ready, network, ports, stopSignal, vmmName, Optional.of(made), vmm);
  }

  MachineRecord withVmm(ProcessIdentity started) {
    return new MachineRecord(
        id, ready, network, ports, stopSignal, vmmName, attachment, Optional.of(started));
  }

  MachineRecord withReady() {
    return new MachineRecord(id, true, network, ports, stopSignal, vmmName, attachment, vmm);
  }
}
