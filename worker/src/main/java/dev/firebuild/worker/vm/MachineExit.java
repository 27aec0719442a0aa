package dev.firebuild.worker.vm;

import java.util.Optional;

/**
 * How a VM ended.
 *
 * @param reason what ended it
 * @param exitCode of the run's program, if it is known; 128 + n after signal n
 * @param detail for people: what the guest or the VMM said last
 * @param diskErrors whether the VMM saw an I/O error on the upper disk: it must not become a layer
 * @param clean whether the guest unmounted its upper disk before the end
 */
public record MachineExit(
    Reason reason, Optional<Integer> exitCode, String detail, boolean diskErrors, boolean clean) {
  /** What ended a VM. */
  public enum Reason {
    /** The run's program ended, and the guest powered off after it. */
    EXITED,
    /** {@link Machine#stop}. */
    STOPPED,
    /** {@link Machine#kill}, or {@link Machine#stop} that had to use force. */
    KILLED,
    /** Something in the guest powered it off. */
    POWERED_OFF,
    /** Something in the guest rebooted it. */
    REBOOTED,
    /** The guest's kernel panicked, or its init gave up. */
    PANIC,
    /** The VMM ended although nobody asked it to. */
    VMM_DIED,
    /** It ended while no worker watched. */
    UNKNOWN
  }
}
