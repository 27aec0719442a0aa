package dev.firebuild.simulation.mutant;

import dev.firebuild.coordinator.owner.Announcer;
import dev.firebuild.coordinator.owner.Cluster;
import dev.firebuild.coordinator.owner.Documents;
import dev.firebuild.coordinator.owner.Input;
import dev.firebuild.coordinator.owner.Liveness;
import dev.firebuild.coordinator.owner.Outbox;
import dev.firebuild.coordinator.owner.OwnerLogic;
import dev.firebuild.coordinator.owner.Write;
import dev.firebuild.protocol.decision.OwnerEvents;
import dev.firebuild.protocol.decision.Rules;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.simulation.world.Parts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/** Owners without one of their rules. */
final class OwnerMutants {
  private static final Duration KEEP = Duration.ofDays(7);

  private OwnerMutants() {}

  static List<Mutant> all() {
    return List.of(
        liveness("silence-ignored", "a silent worker is lost", SilenceIgnored::new),
        liveness(
            "restart-ignored",
            "what another life of the worker had is lost",
            nanos -> new Deaf(nanos, Liveness.Verdict.SUPERSEDED)),
        liveness(
            "not-held-ignored",
            "what a worker does not name is lost",
            nanos -> new Deaf(nanos, Liveness.Verdict.NOT_HELD)),
        liveness(
            "outage-counts",
            "silence counts only while the own heartbeat comes back",
            OutageCounts::new),
        new Mutant(
            "request-first",
            "a new attempt is announced before it is in the queue",
            new Parts() {
              @Override
              public Outbox outbox(
                  Announcer announcer, String source, InstantSource clock, LongSupplier nanos) {
                return new RequestFirst(announcer, source, clock, nanos);
              }
            }),
        new Mutant(
            "ends-unsaid",
            "the owner tells the end of what no worker holds",
            new Parts() {
              @Override
              public Outbox outbox(
                  Announcer announcer, String source, InstantSource clock, LongSupplier nanos) {
                return new EndsUnsaid(announcer, source, clock, nanos);
              }
            }),
        logic("outbox-lost", "an outbox is repeated on takeover", OutboxLost::new),
        logic("said-early", "only what is stored is said", SaidEarly::new));
  }

  /** Makes an owner. */
  @FunctionalInterface
  private interface Make {
    OwnerLogic logic(Documents documents, Cluster cluster, Outbox outbox);
  }

  private static Mutant logic(String name, String without, Make make) {
    return new Mutant(
        name,
        without,
        new Parts() {
          @Override
          public OwnerLogic logic(Documents documents, Cluster cluster, Outbox outbox) {
            return make.logic(documents, cluster, outbox);
          }
        });
  }

  private static Mutant liveness(String name, String without, LongFunction<Liveness> make) {
    return new Mutant(
        name,
        without,
        new Parts() {
          @Override
          public Liveness liveness(long nanos) {
            return make.apply(nanos);
          }
        });
  }

  private static final class SilenceIgnored extends Liveness {
    SilenceIgnored(long nanos) {
      super(nanos);
    }

    @Override
    public boolean isLost(String id, String incarnation) {
      return false;
    }
  }

  private static final class Deaf extends Liveness {
    private final Verdict to;

    Deaf(long nanos, Verdict to) {
      super(nanos);
      this.to = to;
    }

    @Override
    public Verdict judge(String id, String incarnation, String instance, boolean outlives) {
      Verdict verdict = super.judge(id, incarnation, instance, outlives);
      return verdict == to ? Verdict.HOLDS : verdict;
    }
  }

  private static final class OutageCounts extends Liveness {
    OutageCounts(long nanos) {
      super(nanos);
    }

    @Override
    public void turn(long nanos) {
      echo(nanos);
      super.turn(nanos);
    }
  }

  private static final class RequestFirst extends Outbox {
    private final Announcer announcer;
    private final String source;
    private final InstantSource clock;

    RequestFirst(Announcer announcer, String source, InstantSource clock, LongSupplier nanos) {
      super(announcer, source, clock, nanos);
      this.announcer = announcer;
      this.source = source;
      this.clock = clock;
    }

    @Override
    protected CompletionStage<?> append(Work document, OutboxEntry entry) {
      return entry instanceof OutboxEntry.Requeue(int attempt, String _, String _, var trace)
          ? announcer
              .append(document, attempt, trace)
              .thenCompose(_ ->
                  announcer.publish(
                      OwnerEvents.of(document, entry, source, clock.instant()).orElseThrow()))
          : super.append(document, entry);
    }
  }

  private static final class EndsUnsaid extends Outbox {
    EndsUnsaid(Announcer announcer, String source, InstantSource clock, LongSupplier nanos) {
      super(announcer, source, clock, nanos);
    }

    @Override
    protected CompletionStage<?> append(Work document, OutboxEntry entry) {
      return entry instanceof OutboxEntry.Terminal
          ? CompletableFuture.completedFuture(null)
          : super.append(document, entry);
    }
  }

  private static final class OutboxLost extends OwnerLogic {
    OutboxLost(Documents documents, Cluster cluster, Outbox outbox) {
      super(documents, cluster, outbox, Rules.STANDARD, KEEP);
    }

    @Override
    public void assigned(int partition, Collection<Document> loaded) {
      super.assigned(
          partition,
          loaded.stream()
              .map(one -> one instanceof Work work ? work.withOutbox(List.of()) : one)
              .toList());
    }
  }

  private static final class SaidEarly extends OwnerLogic {
    SaidEarly(Documents documents, Cluster cluster, Outbox outbox) {
      super(documents, cluster, outbox, Rules.STANDARD, KEEP);
    }

    @Override
    public List<Write> decide(List<Input> inputs) {
      List<Write> writes = super.decide(inputs);
      committed(writes);
      return writes;
    }
  }
}
