package dev.firebuild.protocol.decision;

import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.ImageEvent;
import dev.firebuild.protocol.event.NameEvent;
import dev.firebuild.protocol.event.VmEvent;
import java.time.Instant;
import java.util.Optional;

/**
 * The owner's own events, as its outbox asks for them. Id, instance and number are functions of the
 * document: a repetition after a takeover is recognised by every reader.
 */
public final class OwnerEvents {
  /** The instance in whose name the owner speaks; no claim draws it, being shorter than 20. */
  public static final String INSTANCE = "owner";

  private static final int REQUEUED = 1;
  private static final int TERMINAL = 5;
  private static final int REMOVED = 9;

  private OwnerEvents() {}

  /**
   * The event that {@code entry} of {@code document} asks for; empty if it asks for something else.
   *
   * @param source id of the coordinator
   * @param now for display
   */
  public static Optional<Event> of(Work document, OutboxEntry entry, String source, Instant now) {
    return switch (entry) {
      case OutboxEntry.Requeue(int attempt, String worker, String reason, var _) ->
          Optional.of(
              event(
                  document.id(),
                  attempt,
                  number(attempt, REQUEUED),
                  source,
                  now,
                  switch (document) {
                    case BuildDocument _ -> new BuildEvent.Requeued(attempt, worker, reason);
                    case VmDocument _ -> new VmEvent.Requeued(attempt, worker, reason);
                  }));
      case OutboxEntry.Terminal() ->
          terminal(document)
              .map(data ->
                  event(
                      document.id(),
                      document.attempt(),
                      number(document.attempt(), TERMINAL),
                      source,
                      now,
                      data));
      case OutboxEntry.Removal() ->
          Optional.of(
              event(
                  document.id(),
                  document.attempt(),
                  number(document.attempt(), REMOVED),
                  source,
                  now,
                  new VmEvent.Removed()));
      case OutboxEntry.PublishImage(var reference, var image, var builtAt) ->
          Optional.of(
              published(
                  reference,
                  document.id(),
                  source,
                  now,
                  new ImageEvent.Published(reference, image, builtAt)));
      case OutboxEntry.PublishKernel(var name, var digest, var worker, var builtAt) ->
          Optional.of(
              published(
                  name,
                  document.id(),
                  source,
                  now,
                  new ImageEvent.KernelPublished(name, digest, document.id(), worker, builtAt)));
      case OutboxEntry.WantName(String name, var applicant) ->
          Optional.of(
              new Event(
                  "%s-wants-name-%d".formatted(document.id(), document.attempt()),
                  source,
                  NameDocument.key(name),
                  now,
                  0,
                  applicant.instance(),
                  1,
                  new NameEvent.Wanted(name, document.id())));
      case OutboxEntry.DeadLetter _ -> Optional.empty();
    };
  }

  private static Event published(
      String subject, String build, String source, Instant now, EventData data) {
    return new Event(build + "-published", source, subject, now, 0, build, 1, data);
  }

  private static long number(int attempt, int kind) {
    return attempt * 10L + kind;
  }

  private static Event event(
      String subject, int attempt, long seq, String source, Instant now, EventData data) {
    return new Event(
        subject + "-" + INSTANCE + "-" + seq, source, subject, now, attempt, INSTANCE, seq, data);
  }

  private static Optional<EventData> terminal(Work document) {
    return switch (document) {
      case BuildDocument build ->
          switch (build.phase()) {
            case CANCELLED ->
                Optional.of(new BuildEvent.Cancelled(build.cancelRequested().orElse("")));
            case FAILED -> Optional.of(new BuildEvent.Failed(failure(build.failure())));
            case QUEUED, ASSIGNED, RUNNING, SUCCEEDED -> Optional.empty();
          };
      case VmDocument vm ->
          switch (vm.phase()) {
            case EXITED -> Optional.of(exited(vm));
            case FAILED -> Optional.of(failed(vm));
            // It was removed before its end was said.
            case REMOVED -> Optional.of(vm.failure().isPresent() ? failed(vm) : exited(vm));
            case QUEUED, ASSIGNED, STARTING, RUNNING, STOPPING -> Optional.empty();
          };
    };
  }

  private static EventData exited(VmDocument vm) {
    return new VmEvent.Exited(vm.exitCode(), vm.exitReason().orElse("killed"));
  }

  private static EventData failed(VmDocument vm) {
    Failure failure = failure(vm.failure());
    return failure.code() == FailureCode.INVALID_REQUEST
        ? new VmEvent.Rejected(failure)
        : new VmEvent.Failed(failure);
  }

  private static Failure failure(Optional<Failure> known) {
    return known.orElseGet(() -> Failure.of(FailureCode.UNKNOWN, "no reason is known"));
  }
}
