package dev.firebuild.protocol.decision;

import dev.firebuild.protocol.document.Assignment;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Desired;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import dev.firebuild.protocol.document.VmDocument.Phase;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import java.time.Instant;
import java.util.Optional;

/**
 * What the owner makes of a VM. Each method takes the document as it is and returns the one to
 * write; empty: nothing is to be written. Until it runs, a VM can be tried elsewhere; a running one
 * belongs to its host.
 */
public class VmDecisions {
  /**
   * A worker claims the VM. Always answered by a document, because the worker waits for one.
   *
   * @param name how the VM stands to the requested name: if another one has it, the request is
   *     refused; if that is not known yet, the first that claims is granted when it is, see {@link
   *     #named}
   * @param at time of the claim's record
   */
  public VmDocument claimed(
      Optional<VmDocument> known,
      String id,
      int attempt,
      String instance,
      VmEvent.Claimed claimed,
      NameStanding name,
      Instant at) {
    VmDocument document =
        known.orElseGet(() ->
            VmDocument.queued(
                id,
                claimed.request().withId(id),
                attempt,
                // As long as it lay in the queue, it was listed under that time.
                claimed.claim().requestedAt().orElse(at)));
    if (!isGrantable(known, attempt)) {
      return document;
    }
    Assignment to = new Assignment(instance, claimed.claim());
    return switch (name) {
      case OURS -> document.assigned(attempt, to);
      case TAKEN -> refused(document, at);
      case UNDECIDED ->
          document.wanting(
              attempt, new OutboxEntry.WantName(document.request().name().orElseThrow(), to));
    };
  }

  /** Whether a claim of {@code attempt} may be granted. */
  public boolean isGrantable(Optional<VmDocument> known, int attempt) {
    return known
        .map(document ->
            !document.phase().isSettled()
                && (document.want().isEmpty() || attempt > document.attempt())
                && Attempts.grants(document.phase() == Phase.QUEUED, document.attempt(), attempt))
        .orElse(true);
  }

  /** It may be known by now whether a VM that waits for its name has it. */
  public Optional<VmDocument> named(VmDocument document, NameStanding name, Instant at) {
    return document
        .want()
        .flatMap(want ->
            switch (name) {
              case OURS -> Optional.of(document.assigned(document.attempt(), want.applicant()));
              case TAKEN -> Optional.of(refused(document, at));
              case UNDECIDED -> Optional.empty();
            });
  }

  private static VmDocument refused(VmDocument document, Instant at) {
    Failure failure =
        Failure.of(
            FailureCode.INVALID_REQUEST,
            "the name %s belongs to another VM; remove that one or choose another name"
                .formatted(document.request().name().orElse("")));
    return say(
        document.settled(
            Phase.FAILED, Optional.empty(), Optional.empty(), Optional.of(failure), at),
        new OutboxEntry.Terminal());
  }

  /** An instance tells something of the VM. Only the granted one of this attempt is heard. */
  public Optional<VmDocument> told(
      VmDocument document, int attempt, String instance, VmEvent event, Instant at) {
    if (attempt != document.attempt()
        || document.assignment().filter(to -> to.instance().equals(instance)).isEmpty()) {
      return Optional.empty();
    }
    if (event instanceof VmEvent.Removed) {
      return document.phase() == Phase.REMOVED
          ? Optional.empty()
          : Optional.of(removed(document, at));
    }
    if (document.phase().isSettled()) {
      return Optional.empty();
    }
    return switch (event) {
      case VmEvent.Starting _ ->
          document.phase() == Phase.ASSIGNED
              ? Optional.of(document.withPhase(Phase.STARTING))
              : Optional.empty();
      case VmEvent.Running running ->
          switch (document.phase()) {
            case ASSIGNED, STARTING, RUNNING -> Optional.of(document.running(running, at));
            case QUEUED, STOPPING, EXITED, FAILED, REMOVED -> Optional.empty();
          };
      case VmEvent.Stopping _ ->
          document.phase() == Phase.STOPPING
              ? Optional.empty()
              : Optional.of(document.withPhase(Phase.STOPPING));
      case VmEvent.Exited(Optional<Integer> code, String reason) ->
          Optional.of(
              ended(document, Phase.EXITED, code, Optional.of(reason), Optional.empty(), at));
      case VmEvent.Failed(Failure failure) ->
          Optional.of(
              ended(
                  document,
                  Phase.FAILED,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(failure),
                  at));
      case VmEvent.Claimed _,
          VmEvent.Rejected _,
          VmEvent.Requeued _,
          VmEvent.Health _,
          VmEvent.Log _,
          VmEvent.Removed _ ->
          Optional.empty();
    };
  }

  /** An ended VM that nobody wants to keep shall be removed by whoever holds it. */
  private static VmDocument ended(
      VmDocument document,
      Phase phase,
      Optional<Integer> code,
      Optional<String> reason,
      Optional<Failure> failure,
      Instant at) {
    VmDocument settled = document.settled(phase, code, reason, failure, at);
    return settled.request().remove() ? withGoal(settled, Goal.REMOVE).orElse(settled) : settled;
  }

  private static VmDocument removed(VmDocument document, Instant at) {
    return document.settled(
        Phase.REMOVED,
        document.exitCode(),
        document.exitReason(),
        document.failure(),
        document.endedAt().orElse(at));
  }

  /**
   * Somebody wants the VM to end or to be removed.
   *
   * @param queued the request, if it is in the queue and nobody has claimed it yet
   */
  public Optional<VmDocument> command(
      Optional<VmDocument> known, Optional<VmDocument> queued, Command command, Instant at) {
    return known
        .or(() -> queued)
        .flatMap(document ->
            switch (command) {
              case Command.Cancel _ -> Optional.empty();
              case Command.Stop(Optional<Integer> grace) ->
                  end(
                      document,
                      new Desired(Goal.STOP, grace.orElse(Desired.RUN.graceSeconds())),
                      at);
              case Command.Kill() -> end(document, new Desired(Goal.KILL, 0), at);
              case Command.Remove(boolean force, var _) -> remove(document, force, at);
            });
  }

  private static Optional<VmDocument> end(VmDocument document, Desired wish, Instant at) {
    return switch (document.phase()) {
      case QUEUED -> Optional.of(endedInQueue(document, at));
      case ASSIGNED, STARTING, RUNNING, STOPPING -> raise(document, wish);
      case EXITED, FAILED, REMOVED -> Optional.empty();
    };
  }

  private static Optional<VmDocument> remove(VmDocument document, boolean force, Instant at) {
    return switch (document.phase()) {
      case QUEUED ->
          force
              ? Optional.of(say(removed(document, at), new OutboxEntry.Removal()))
              : Optional.empty();
      case ASSIGNED, STARTING, RUNNING, STOPPING ->
          force ? withGoal(document, Goal.REMOVE) : Optional.empty();
      case EXITED, FAILED ->
          document.assignment().isPresent()
              ? withGoal(document, Goal.REMOVE)
              : Optional.of(say(removed(document, at), new OutboxEntry.Removal()));
      case REMOVED -> Optional.empty();
    };
  }

  private static VmDocument endedInQueue(VmDocument document, Instant at) {
    return say(
        document.settled(
            Phase.EXITED, Optional.empty(), Optional.of("killed"), Optional.empty(), at),
        new OutboxEntry.Terminal());
  }

  private static Optional<VmDocument> withGoal(VmDocument document, Goal goal) {
    return raise(document, new Desired(goal, 0));
  }

  private static Optional<VmDocument> raise(VmDocument document, Desired wish) {
    return wish.goal().compareTo(document.desired().goal()) > 0
        ? Optional.of(document.withDesired(wish))
        : Optional.empty();
  }

  /**
   * The worker that the VM is assigned to is lost. What did not run yet is tried elsewhere; what
   * runs is not reachable.
   */
  public Optional<VmDocument> workerLost(VmDocument document, String reason, Instant at) {
    return switch (document.phase()) {
      case ASSIGNED, STARTING -> retried(document, reason, at);
      case RUNNING, STOPPING ->
          document.reachable() ? Optional.of(document.withReachable(false)) : Optional.empty();
      case QUEUED, EXITED, FAILED, REMOVED -> Optional.empty();
    };
  }

  private static Optional<VmDocument> retried(VmDocument document, String reason, Instant at) {
    return document
        .assignment()
        .map(to ->
            switch (document.desired().goal()) {
              case RUN -> retried(document, to.claim(), reason, at);
              case STOP, KILL -> endedInQueue(document, at);
              case REMOVE -> say(removed(document, at), new OutboxEntry.Removal());
            });
  }

  private static VmDocument retried(VmDocument document, Claim lost, String reason, Instant at) {
    int attempt = document.attempt();
    if (attempt < Attempts.MOST) {
      return say(document.requeued(attempt + 1), OutboxEntry.Requeue.after(attempt, lost, reason));
    }
    Failure failure = Attempts.workerLost(attempt, lost.worker(), reason);
    return say(
        say(
            document.settled(
                Phase.FAILED, Optional.empty(), Optional.empty(), Optional.of(failure), at),
            new OutboxEntry.Terminal()),
        new OutboxEntry.DeadLetter(failure.message()));
  }

  /** The worker of a VM is heard again. */
  public Optional<VmDocument> workerHeard(VmDocument document) {
    return document.reachable() ? Optional.empty() : Optional.of(document.withReachable(true));
  }

  /** The worker lives and says that it does not hold the VM. */
  public Optional<VmDocument> notHeld(VmDocument document, String reason, Instant at) {
    return switch (document.phase()) {
      case ASSIGNED, STARTING -> retried(document, reason, at);
      case RUNNING, STOPPING -> Optional.of(gone(document, reason, at));
      case EXITED, FAILED ->
          document.desired().goal() == Goal.REMOVE
              ? Optional.of(say(removed(document, at), new OutboxEntry.Removal()))
              : Optional.empty();
      case QUEUED, REMOVED -> Optional.empty();
    };
  }

  private static VmDocument gone(VmDocument document, String reason, Instant at) {
    String worker = document.assignment().map(to -> to.claim().worker()).orElse("");
    Failure failure =
        Failure.of(
            FailureCode.WORKER_LOST,
            "the VM is not on its worker %s any more (%s)".formatted(worker, reason));
    return say(
        ended(document, Phase.FAILED, Optional.empty(), Optional.empty(), Optional.of(failure), at),
        new OutboxEntry.Terminal());
  }

  /**
   * The queue has passed the request of {@code document} for {@code attempt}, and nobody claimed
   * it; whoever waits for its name has. That of a later attempt may still be on its way.
   */
  public Optional<VmDocument> passed(VmDocument document, int attempt, Instant at) {
    return document.phase() == Phase.QUEUED
            && document.attempt() == attempt
            && document.want().isEmpty()
        ? Optional.of(
            say(
                document.settled(
                    Phase.FAILED,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(Attempts.passed()),
                    at),
                new OutboxEntry.Terminal()))
        : Optional.empty();
  }

  /** The document of {@code request}, which nobody has claimed yet. */
  public VmDocument unclaimed(String id, RunRequest request, int attempt, Instant at) {
    return VmDocument.queued(id, request.withId(id), attempt, at);
  }

  private static VmDocument say(VmDocument document, OutboxEntry entry) {
    return document.withOutbox(Work.plus(document.outbox(), entry));
  }
}
