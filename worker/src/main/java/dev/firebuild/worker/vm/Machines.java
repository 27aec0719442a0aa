package dev.firebuild.worker.vm;

import dev.firebuild.worker.guest.GuestScripts;
import dev.firebuild.worker.guest.kernel.KernelStore;
import dev.firebuild.worker.host.HostLayout;
import java.util.List;

/** The VMs of one worker. */
@SuppressWarnings({"DoNotCallSuggester", "ObjectToString", "UnusedVariable"})
public final class Machines {
  /**
   * @param layout where machines, kernels and caches lie
   * @param kernels what can be booted
   * @param scripts what the initramfs carries beside the scripts of every guest
   * @param settings how machines are made on this host
   */
  public Machines(
      HostLayout layout, KernelStore kernels, GuestScripts scripts, MachineSettings settings) {
    throw new UnsupportedOperationException("" + layout + kernels + scripts + settings);
  }

  /**
   * Starts a VM and waits until its guest is ready: for a build until steps can run, for a run
   * until the program has been started.
   *
   * @throws MachineException if it can't be started; nothing of it is left then
   */
  public Machine start(MachineSpec spec) throws MachineException {
    throw new UnsupportedOperationException(spec.toString());
  }

  /** What former workers left on this host, each to be adopted or removed before any start. */
  public List<Leftover> recover() {
    throw new UnsupportedOperationException();
  }

  /** Takes over a VM that a former worker started; its exit is told as if it were our own. */
  public Machine adopt(Leftover leftover) throws MachineException {
    throw new UnsupportedOperationException(leftover.toString());
  }

  /** Ends a VM that a former worker started, and removes all that it holds on the host. */
  public void remove(Leftover leftover) {
    throw new UnsupportedOperationException(leftover.toString());
  }

  /**
   * A machine of a former worker.
   *
   * @param id the instance id
   * @param state whether it can be adopted
   */
  public record Leftover(String id, State state) {
    /** What reality says about it. */
    public enum State {
      /** The VMM runs and the guest was ready. */
      RUNNING,
      /** The guest has ended; a run's last output and exit code may still be there. */
      ENDED,
      /** It never became ready, or parts of it are gone. */
      BROKEN
    }
  }
}
