package dev.firebuild.worker.vmm;

import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessIdentity;
import java.io.IOException;
import java.util.function.Consumer;

/** Starts virtual machines. Their processes outlive this one. */
public interface Vmm {
  /** For people and events: {@code qemu-kvm}, {@code qemu-tcg}. */
  String name();

  /**
   * Makes the VM; its guest does not run before {@link VmmProcess#boot}.
   *
   * @param console takes each line that the guest prints on its serial line, also those before this
   *     call returns
   * @throws IOException with the VMM's own words if it does not start; nothing of it is left then
   */
  VmmProcess create(VmmSpec spec, Consumer<String> console) throws IOException;

  /**
   * Takes over a VM that a former worker made.
   *
   * @throws IOException if it does not answer
   */
  VmmProcess attach(MachineLayout files, ProcessIdentity identity, Consumer<String> console)
      throws IOException;
}
