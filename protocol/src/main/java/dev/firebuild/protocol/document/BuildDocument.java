package dev.firebuild.protocol.document;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.request.BuildRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.annotation.EnumNaming;

/**
 * A build.
 *
 * @param attempt the number of the current attempt, from 1; only the owner raises it
 * @param assignment the granted instance; absent while queued
 * @param cancelRequested the reason that somebody gave for cancelling
 * @param digest of the manifest of a build that succeeded
 * @param failure of a build that failed
 * @param createdAt time of the request record, if the first claim tells it, else of that claim
 * @param outbox what the owner must still say elsewhere
 */
public record BuildDocument(
    String id,
    BuildRequest request,
    Phase phase,
    int attempt,
    Optional<Assignment> assignment,
    Optional<String> cancelRequested,
    Optional<Digest> digest,
    Optional<Failure> failure,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt,
    List<OutboxEntry> outbox)
    implements Work {

  /** Where a build is in its life. */
  @EnumNaming(EnumNamingStrategies.LowerCaseStrategy.class)
  public enum Phase {
    QUEUED,
    /** Granted to an instance that has not said {@code started} yet. */
    ASSIGNED,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    /** Whether nothing can change any more. */
    public boolean isSettled() {
      return switch (this) {
        case QUEUED, ASSIGNED, RUNNING -> false;
        case SUCCEEDED, FAILED, CANCELLED -> true;
      };
    }
  }

  /** The key of the build {@code id}. */
  public static String key(String id) {
    return "build/" + id;
  }

  @Override
  public String key() {
    return key(id);
  }

  /** A build that is in the queue for the first time. */
  public static BuildDocument queued(String id, BuildRequest request, int attempt, Instant at) {
    return new BuildDocument(
        id,
        request,
        Phase.QUEUED,
        attempt,
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
  public BuildDocument assigned(int attempt, Assignment to) {
    return with(Phase.ASSIGNED, attempt, Optional.of(to), startedAt, outbox);
  }

  /** The granted instance works since {@code at}. */
  public BuildDocument started(Instant at) {
    return with(Phase.RUNNING, attempt, assignment, Optional.of(at), outbox);
  }

  /** In the queue again. */
  public BuildDocument requeued(int attempt) {
    return with(Phase.QUEUED, attempt, Optional.empty(), Optional.empty(), outbox);
  }

  /** Ended for good. */
  public BuildDocument settled(
      Phase end, Optional<Digest> result, Optional<Failure> reason, Instant at) {
    return new BuildDocument(
        id,
        request,
        end,
        attempt,
        assignment,
        cancelRequested,
        result,
        reason,
        createdAt,
        startedAt,
        Optional.of(at),
        outbox);
  }

  /** Somebody wants the build to end. */
  public BuildDocument withCancelRequested(String reason) {
    return new BuildDocument(
        id,
        request,
        phase,
        attempt,
        assignment,
        Optional.of(reason),
        digest,
        failure,
        createdAt,
        startedAt,
        endedAt,
        outbox);
  }

  @Override
  public BuildDocument withOutbox(List<OutboxEntry> entries) {
    return with(phase, attempt, assignment, startedAt, List.copyOf(entries));
  }

  private BuildDocument with(
      Phase phase,
      int attempt,
      Optional<Assignment> assignment,
      Optional<Instant> startedAt,
      List<OutboxEntry> outbox) {
    return new BuildDocument(
        id,
        request,
        phase,
        attempt,
        assignment,
        cancelRequested,
        digest,
        failure,
        createdAt,
        startedAt,
        endedAt,
        outbox);
  }
}
