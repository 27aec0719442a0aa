package dev.firebuild.worker.queue;

/** Why granted work must end before its end. */
public sealed interface CancelReason {
  /**
   * Somebody wants it to end: end it and say so ({@code cancelled} for a build; what {@code stop},
   * {@code kill} or {@code remove} ask for a VM).
   *
   * @param reason for people
   */
  record Requested(String reason) implements CancelReason {}

  /**
   * The grant is void: another instance has it, or the worker gives it back because it ends. Remove
   * everything and say nothing; what is still published is dropped.
   */
  record LostGrant(String why) implements CancelReason {}
}
