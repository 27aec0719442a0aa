package dev.firebuild.protocol.decision;

import dev.firebuild.protocol.document.Assignment;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.BuildDocument.Phase;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import java.time.Instant;
import java.util.Optional;

/**
 * What the owner makes of a build. Each method takes the document as it is and returns the one to
 * write; empty: nothing is to be written. What must be said elsewhere lies in its outbox.
 */
public class BuildDecisions {
  /**
   * A worker claims the build. Always answered by a document, because the worker waits for one.
   *
   * @param at time of the claim's record
   */
  public BuildDocument claimed(
      Optional<BuildDocument> known,
      String id,
      int attempt,
      String instance,
      BuildEvent.Claimed claimed,
      Instant at) {
    BuildDocument document =
        known.orElseGet(() ->
            BuildDocument.queued(
                id,
                claimed.request().withId(id),
                attempt,
                // As long as it lay in the queue, it was listed under that time.
                claimed.claim().requestedAt().orElse(at)));
    boolean queued = document.phase() == Phase.QUEUED;
    return !document.phase().isSettled() && Attempts.grants(queued, document.attempt(), attempt)
        ? document.assigned(attempt, new Assignment(instance, claimed.claim()))
        : document;
  }

  /** An instance tells something of the build. Only the granted one of this attempt is heard. */
  public Optional<BuildDocument> told(
      BuildDocument document, int attempt, String instance, BuildEvent event, Instant at) {
    if (document.phase().isSettled()
        || attempt != document.attempt()
        || document.assignment().filter(to -> to.instance().equals(instance)).isEmpty()) {
      return Optional.empty();
    }
    return switch (event) {
      case BuildEvent.Started _ ->
          document.phase() == Phase.ASSIGNED ? Optional.of(document.started(at)) : Optional.empty();
      case BuildEvent.Succeeded succeeded -> Optional.of(succeeded(document, succeeded, at));
      case BuildEvent.Failed(Failure failure) ->
          Optional.of(document.settled(Phase.FAILED, Optional.empty(), Optional.of(failure), at));
      case BuildEvent.Cancelled(String reason) ->
          Optional.of(
              document
                  .withCancelRequested(reason)
                  .settled(Phase.CANCELLED, Optional.empty(), Optional.empty(), at));
      case BuildEvent.Claimed _,
          BuildEvent.Rejected _,
          BuildEvent.Planned _,
          BuildEvent.StepStarted _,
          BuildEvent.StepCached _,
          BuildEvent.StepFinished _,
          BuildEvent.Log _,
          BuildEvent.LogTruncated _,
          BuildEvent.Requeued _ ->
          Optional.empty();
    };
  }

  private static BuildDocument succeeded(
      BuildDocument document, BuildEvent.Succeeded event, Instant at) {
    BuildDocument settled =
        document.settled(Phase.SUCCEEDED, Optional.of(event.digest()), Optional.empty(), at);
    Optional<OutboxEntry> publish =
        document.request().source() instanceof Source.Kernel
            ? document
                .assignment()
                .map(to ->
                    new OutboxEntry.PublishKernel(
                        event.reference(), event.digest(), to.claim().worker(), at))
            : event
                .image()
                .map(image -> new OutboxEntry.PublishImage(event.reference(), image, at));
    return publish.map(entry -> say(settled, entry)).orElse(settled);
  }

  /**
   * Somebody wants the build to end.
   *
   * @param queued the request, if it is in the queue and nobody has claimed it yet
   */
  public Optional<BuildDocument> cancel(
      Optional<BuildDocument> known, Optional<BuildDocument> queued, String reason, Instant at) {
    return known
        .or(() -> queued)
        .flatMap(document ->
            switch (document.phase()) {
              case QUEUED -> Optional.of(cancelled(document, reason, at));
              case ASSIGNED, RUNNING ->
                  document.cancelRequested().isPresent()
                      ? Optional.empty()
                      : Optional.of(document.withCancelRequested(reason));
              case SUCCEEDED, FAILED, CANCELLED -> Optional.empty();
            });
  }

  private static BuildDocument cancelled(BuildDocument document, String reason, Instant at) {
    return say(
        document
            .withCancelRequested(reason)
            .settled(Phase.CANCELLED, Optional.empty(), Optional.empty(), at),
        new OutboxEntry.Terminal());
  }

  /** The worker that the build is assigned to is lost, or does not have it any more. */
  public Optional<BuildDocument> workerLost(BuildDocument document, String reason, Instant at) {
    if (document.phase().isSettled() || document.assignment().isEmpty()) {
      return Optional.empty();
    }
    Claim lost = document.assignment().get().claim();
    if (document.cancelRequested().isPresent()) {
      return Optional.of(cancelled(document, document.cancelRequested().get(), at));
    }
    int attempt = document.attempt();
    if (attempt >= Attempts.MOST) {
      Failure failure = Attempts.workerLost(attempt, lost.worker(), reason);
      return Optional.of(
          say(
              say(
                  document.settled(Phase.FAILED, Optional.empty(), Optional.of(failure), at),
                  new OutboxEntry.Terminal()),
              new OutboxEntry.DeadLetter(failure.message())));
    }
    return Optional.of(
        say(document.requeued(attempt + 1), OutboxEntry.Requeue.after(attempt, lost, reason)));
  }

  /**
   * The queue has passed the request of {@code document} for {@code attempt}, and nobody claimed
   * it. That of a later attempt may still be on its way.
   */
  public Optional<BuildDocument> passed(BuildDocument document, int attempt, Instant at) {
    return document.phase() == Phase.QUEUED && document.attempt() == attempt
        ? Optional.of(
            say(
                document.settled(
                    Phase.FAILED, Optional.empty(), Optional.of(Attempts.passed()), at),
                new OutboxEntry.Terminal()))
        : Optional.empty();
  }

  /** The document of {@code request}, which nobody has claimed yet. */
  public BuildDocument unclaimed(String id, BuildRequest request, int attempt, Instant at) {
    return BuildDocument.queued(id, request.withId(id), attempt, at);
  }

  private static BuildDocument say(BuildDocument document, OutboxEntry entry) {
    return document.withOutbox(Work.plus(document.outbox(), entry));
  }
}
