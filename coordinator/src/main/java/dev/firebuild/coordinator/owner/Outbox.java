package dev.firebuild.coordinator.owner;

import dev.firebuild.protocol.decision.OwnerEvents;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.Work;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what stored documents have in their outboxes, outside of transactions, and remembers what is
 * said. What fails is tried again with the next call.
 */
public class Outbox {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  private static final long ASK_NANOS = Duration.ofSeconds(1).toNanos();

  private final Announcer announcer;
  private final String source;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Map<String, Long> asked = new HashMap<>();
  private final Set<Said> underWay = new HashSet<>();
  private final Queue<Said> done = new ConcurrentLinkedQueue<>();
  private final Queue<Said> failed = new ConcurrentLinkedQueue<>();

  /** An entry of a document's outbox. */
  record Said(Work document, OutboxEntry entry) {
    Said {
      // the rest of the document may change while the entry is under way
      document = document.withOutbox(List.of());
    }
  }

  /**
   * @param source id of the coordinator
   * @param nanos of a monotonic clock
   */
  public Outbox(Announcer announcer, String source, InstantSource clock, LongSupplier nanos) {
    this.nanos = nanos;
    this.announcer = announcer;
    this.source = source;
    this.clock = clock;
  }

  /** Begins to say what {@code stored} has in its outbox and what is not under way yet. */
  void say(Work stored) {
    for (OutboxEntry entry : stored.outbox()) {
      if (entry instanceof OutboxEntry.WantName) {
        ask(stored, entry);
        continue;
      }
      boolean begun =
          underWay.stream()
              .anyMatch(
                  one -> one.document().key().equals(stored.key()) && one.entry().equals(entry));
      if (!begun) {
        Said said = new Said(stored, entry);
        underWay.add(said);
        var _ =
            append(stored, entry)
                .whenComplete((_, failure) -> {
                  if (failure == null) {
                    done.add(said);
                  } else {
                    log.atWarn()
                        .addKeyValue("key", stored.key())
                        .addKeyValue("reason", failure.getMessage())
                        .log("the outbox is not empty yet");
                    failed.add(said);
                  }
                });
      }
    }
  }

  /** A question is asked again from time to time; the answer takes it out of the document. */
  private void ask(Work stored, OutboxEntry question) {
    long now = nanos.getAsLong();
    asked.values().removeIf(at -> now - at > ASK_NANOS);
    if (asked.putIfAbsent(stored.key(), now) == null) {
      var _ =
          append(stored, question)
              .whenComplete((_, failure) -> {
                if (failure != null) {
                  log.atWarn()
                      .addKeyValue("key", stored.key())
                      .addKeyValue("reason", failure.getMessage())
                      .log("a name could not be asked for; it is asked for again");
                }
              });
    }
  }

  /** The event first: a new attempt is announced before anybody can claim it. */
  protected CompletionStage<?> append(Work document, OutboxEntry entry) {
    CompletionStage<?> event =
        OwnerEvents.of(document, entry, source, clock.instant())
            .<CompletionStage<?>>map(announcer::publish)
            .orElseGet(() -> CompletableFuture.completedFuture(null));
    return switch (entry) {
      case OutboxEntry.Requeue(int attempt, String _, String _, var traceparent) ->
          event.thenCompose(_ -> announcer.append(document, attempt, traceparent));
      case OutboxEntry.DeadLetter(String reason) -> announcer.bury(document, reason);
      case OutboxEntry.PublishImage _,
          OutboxEntry.PublishKernel _,
          OutboxEntry.WantName _,
          OutboxEntry.Terminal _,
          OutboxEntry.Removal _ ->
          event;
    };
  }

  /** The next entry that is said: it can leave its document. */
  Optional<Said> nextDone() {
    for (Said said = failed.poll(); said != null; said = failed.poll()) {
      underWay.remove(said);
    }
    Said said = done.poll();
    if (said != null) {
      underWay.remove(said);
    }
    return Optional.ofNullable(said);
  }
}
