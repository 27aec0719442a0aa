package dev.firebuild.protocol.document;

import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.RunRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A VM.
 *
 * @param attempt the number of the current attempt, from 1; only the owner raises it
 * @param assignment the granted instance; absent while queued
 * @param desired what shall be; the worker that holds the VM carries it out
 * @param reachable false while the host of a running VM is silent
 * @param running what the worker said when the program began to run
 * @param exitCode of the image's program
 * @param outbox what the owner must still say elsewhere
 */
public record VmDocument(
    String id,
    RunRequest request,
    Phase phase,
    int attempt,
    Optional<Assignment> assignment,
    Desired desired,
    boolean reachable,
    Optional<VmEvent.Running> running,
    Optional<Integer> exitCode,
    Optional<String> exitReason,
    Optional<Failure> failure,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt,
    List<OutboxEntry> outbox)
    implements Document {

  /** Where a VM is in its life. */
  public enum Phase {
    QUEUED,
    /** Granted to an instance that has not said {@code starting} yet. */
    ASSIGNED,
    STARTING,
    RUNNING,
    STOPPING,
    EXITED,
    FAILED,
    /** Its disk and records are gone; the document follows soon. */
    REMOVED;

    /** Whether the VM has ended. */
    public boolean isSettled() {
      return switch (this) {
        case QUEUED, ASSIGNED, STARTING, RUNNING, STOPPING -> false;
        case EXITED, FAILED, REMOVED -> true;
      };
    }
  }

  /**
   * What shall be. Each includes those before it; a wish is never taken back.
   *
   * @param graceSeconds time between the stop signal and force
   */
  public record Desired(Goal goal, int graceSeconds) {
    /** The goals, from the weakest to the strongest. */
    public enum Goal {
      RUN,
      STOP,
      KILL,
      REMOVE
    }

    public static final Desired RUN = new Desired(Goal.RUN, 10);
  }

  /** The key of the VM {@code id}. */
  public static String key(String id) {
    return "vm/" + id;
  }

  @Override
  public String key() {
    return key(id);
  }
}
