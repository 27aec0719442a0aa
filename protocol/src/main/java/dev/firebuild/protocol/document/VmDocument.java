package dev.firebuild.protocol.document;

import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.RunRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.annotation.EnumNaming;

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
    implements Work {

  /** Where a VM is in its life. */
  @EnumNaming(EnumNamingStrategies.LowerCaseStrategy.class)
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
    @EnumNaming(EnumNamingStrategies.LowerCaseStrategy.class)
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

  /** A VM that is in the queue for the first time. */
  public static VmDocument queued(String id, RunRequest request, int attempt, Instant at) {
    return new VmDocument(
        id,
        request,
        Phase.QUEUED,
        attempt,
        Optional.empty(),
        Desired.RUN,
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        at,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  /** Granted. */
  public VmDocument assigned(int attempt, Assignment to) {
    return with(Phase.ASSIGNED, attempt, Optional.of(to), withoutWant().outbox);
  }

  /** In the queue again. */
  public VmDocument requeued(int attempt) {
    return with(Phase.QUEUED, attempt, Optional.empty(), outbox);
  }

  /** Further in its life. */
  public VmDocument withPhase(Phase next) {
    return with(next, attempt, assignment, outbox);
  }

  /** The program runs since {@code at}. */
  public VmDocument running(VmEvent.Running what, Instant at) {
    return new VmDocument(
        id,
        request,
        Phase.RUNNING,
        attempt,
        assignment,
        desired,
        true,
        Optional.of(what),
        exitCode,
        exitReason,
        failure,
        createdAt,
        Optional.of(at),
        endedAt,
        outbox);
  }

  /** Ended for good; what has ended wants no name. */
  public VmDocument settled(
      Phase end,
      Optional<Integer> code,
      Optional<String> reason,
      Optional<Failure> failed,
      Instant at) {
    return new VmDocument(
        id,
        request,
        end,
        attempt,
        assignment,
        desired,
        reachable,
        running,
        code,
        reason,
        failed,
        createdAt,
        startedAt,
        Optional.of(at),
        outbox.stream().filter(entry -> !(entry instanceof OutboxEntry.WantName)).toList());
  }

  /** Waits for its name, in the queue still: {@code want} tells who gets it then. */
  public VmDocument wanting(int attempt, OutboxEntry.WantName want) {
    return with(phase, attempt, assignment, Work.plus(withoutWant().outbox, want));
  }

  /** The name that it waits for, if it does. */
  public Optional<OutboxEntry.WantName> want() {
    return outbox.stream()
        .filter(OutboxEntry.WantName.class::isInstance)
        .map(OutboxEntry.WantName.class::cast)
        .findFirst();
  }

  private VmDocument withoutWant() {
    return withOutbox(
        outbox.stream().filter(entry -> !(entry instanceof OutboxEntry.WantName)).toList());
  }

  /** Something else shall be. */
  public VmDocument withDesired(Desired wish) {
    return new VmDocument(
        id,
        request,
        phase,
        attempt,
        assignment,
        wish,
        reachable,
        running,
        exitCode,
        exitReason,
        failure,
        createdAt,
        startedAt,
        endedAt,
        outbox);
  }

  /** The host is silent, or heard again. */
  public VmDocument withReachable(boolean now) {
    return new VmDocument(
        id,
        request,
        phase,
        attempt,
        assignment,
        desired,
        now,
        running,
        exitCode,
        exitReason,
        failure,
        createdAt,
        startedAt,
        endedAt,
        outbox);
  }

  @Override
  public VmDocument withOutbox(List<OutboxEntry> entries) {
    return with(phase, attempt, assignment, List.copyOf(entries));
  }

  private VmDocument with(
      Phase phase, int attempt, Optional<Assignment> assignment, List<OutboxEntry> outbox) {
    return new VmDocument(
        id,
        request,
        phase,
        attempt,
        assignment,
        desired,
        reachable,
        running,
        exitCode,
        exitReason,
        failure,
        createdAt,
        startedAt,
        endedAt,
        outbox);
  }
}
