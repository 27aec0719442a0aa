package dev.firebuild.worker.vmm;

/**
 * How a VM ended, as the VMM's events tell it: exit codes don't.
 *
 * @param reason what ended it
 * @param detail for people
 * @param diskErrors whether writing to a drive failed on the host
 */
public record VmmExit(Reason reason, String detail, boolean diskErrors) {
  /** What ended a VM. */
  public enum Reason {
    /** The guest powered off. */
    GUEST_SHUTDOWN,
    /** The guest reset the machine. */
    GUEST_RESET,
    /** The guest's kernel panicked. */
    GUEST_PANIC,
    /** {@link VmmProcess#kill}. */
    HOST_KILL,
    /** The process ended although nobody asked it to. */
    DIED,
    /** It ended while no worker watched. */
    UNKNOWN
  }
}
