package dev.firebuild.simulation.mutant;

import dev.firebuild.protocol.decision.BuildDecisions;
import dev.firebuild.protocol.decision.ClaimRule;
import dev.firebuild.protocol.decision.NameStanding;
import dev.firebuild.protocol.decision.Rules;
import dev.firebuild.protocol.decision.VmDecisions;
import dev.firebuild.protocol.document.Assignment;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.BuildDocument.Phase;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Desired;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.simulation.world.Parts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/** Decisions without one of their rules. */
final class RuleMutants {
  private RuleMutants() {}

  static List<Mutant> all() {
    return List.of(
        builds(
            "second-claim",
            "an attempt is granted once",
            new Grants((document, attempt) ->
                !document.phase().isSettled() && attempt == document.attempt())),
        builds(
            "older-attempt",
            "a lower attempt is not granted",
            new Grants((document, attempt) ->
                !document.phase().isSettled() && attempt < document.attempt())),
        builds(
            "revives-settled",
            "what is settled is not granted again",
            new Grants((document, _) -> document.phase().isSettled())),
        vms("second-claim-of-a-vm", "an attempt of a VM is granted once", new SecondVmClaim()),
        builds("hears-anybody", "only the granted instance is heard", new HearsAnybody()),
        vms("hears-any-vm", "only the granted instance of a VM is heard", new HearsAnyVm()),
        builds("hears-late-ends", "after its end nothing is heard of a build", new HearsLateEnds()),
        builds("same-attempt", "a loss raises the attempt", new SameAttempt()),
        builds("no-limit", "attempts are limited", new NoLimit()),
        builds("cancel-forgotten", "what is cancelled is not tried anew", new CancelForgotten()),
        vms("wish-forgotten", "a VM that shall end is not tried anew", new WishForgotten()),
        builds("cancels-no-queued", "what is queued can be cancelled", new CancelsNoQueued()),
        vms("names-unasked", "a VM is granted with its name only", new NamesUnasked()),
        vms("retries-running", "a running VM is not tried elsewhere", new RetriesRunning()),
        claims("starts-ungranted", "a worker waits for its grant", new StartsUngranted()),
        claims("keeps-lost", "a worker gives up what it has lost", new KeepsLost()));
  }

  private static Mutant builds(String name, String without, BuildDecisions builds) {
    return rules(name, without, new Rules(builds, Rules.STANDARD.vms()));
  }

  private static Mutant vms(String name, String without, VmDecisions vms) {
    return rules(name, without, new Rules(Rules.STANDARD.builds(), vms));
  }

  private static Mutant rules(String name, String without, Rules rules) {
    return new Mutant(
        name,
        without,
        new Parts() {
          @Override
          public Rules rules() {
            return rules;
          }
        });
  }

  private static Mutant claims(String name, String without, ClaimRule rule) {
    return new Mutant(
        name,
        without,
        new Parts() {
          @Override
          public ClaimRule claimRule() {
            return rule;
          }
        });
  }

  /** Grants what a predicate says, beside what may be granted. */
  private static final class Grants extends BuildDecisions {
    private final BiPredicate<BuildDocument, Integer> also;

    Grants(BiPredicate<BuildDocument, Integer> also) {
      this.also = also;
    }

    @Override
    public BuildDocument claimed(
        Optional<BuildDocument> known,
        String id,
        int attempt,
        String instance,
        BuildEvent.Claimed claimed,
        Instant at) {
      return known
          .filter(document -> also.test(document, attempt))
          .map(document -> document.assigned(attempt, new Assignment(instance, claimed.claim())))
          .orElseGet(() -> super.claimed(known, id, attempt, instance, claimed, at));
    }
  }

  private static final class SecondVmClaim extends VmDecisions {
    @Override
    public VmDocument claimed(
        Optional<VmDocument> known,
        String id,
        int attempt,
        String instance,
        VmEvent.Claimed claimed,
        NameStanding name,
        Instant at) {
      return known
          .filter(document -> !document.phase().isSettled() && document.attempt() == attempt)
          .map(document -> document.assigned(attempt, new Assignment(instance, claimed.claim())))
          .orElseGet(() -> super.claimed(known, id, attempt, instance, claimed, name, at));
    }
  }

  private static final class NamesUnasked extends VmDecisions {
    @Override
    public VmDocument claimed(
        Optional<VmDocument> known,
        String id,
        int attempt,
        String instance,
        VmEvent.Claimed claimed,
        NameStanding name,
        Instant at) {
      return super.claimed(known, id, attempt, instance, claimed, NameStanding.OURS, at);
    }
  }

  private static final class HearsAnybody extends BuildDecisions {
    @Override
    public Optional<BuildDocument> told(
        BuildDocument document, int attempt, String instance, BuildEvent event, Instant at) {
      String granted = document.assignment().map(Assignment::instance).orElse(instance);
      return super.told(document, document.attempt(), granted, event, at);
    }
  }

  private static final class HearsAnyVm extends VmDecisions {
    @Override
    public Optional<VmDocument> told(
        VmDocument document, int attempt, String instance, VmEvent event, Instant at) {
      String granted = document.assignment().map(Assignment::instance).orElse(instance);
      return super.told(document, document.attempt(), granted, event, at);
    }
  }

  private static final class HearsLateEnds extends BuildDecisions {
    @Override
    public Optional<BuildDocument> told(
        BuildDocument document, int attempt, String instance, BuildEvent event, Instant at) {
      return super.told(document.started(at), attempt, instance, event, at);
    }
  }

  private static final class SameAttempt extends BuildDecisions {
    @Override
    public Optional<BuildDocument> workerLost(BuildDocument document, String reason, Instant at) {
      return super.workerLost(document, reason, at)
          .map(next ->
              next.phase() == Phase.QUEUED
                  ? next.requeued(document.attempt())
                      .withOutbox(
                          next.outbox().stream().map(entry -> lowered(entry, document)).toList())
                  : next);
    }

    private static OutboxEntry lowered(OutboxEntry entry, Work document) {
      return entry instanceof OutboxEntry.Requeue(int _, var worker, var reason, var trace)
          ? new OutboxEntry.Requeue(document.attempt(), worker, reason, trace)
          : entry;
    }
  }

  private static final class NoLimit extends BuildDecisions {
    @Override
    public Optional<BuildDocument> workerLost(BuildDocument document, String reason, Instant at) {
      return super.workerLost(document, reason, at)
          .map(next ->
              next.phase() == Phase.FAILED
                  ? document
                      .requeued(document.attempt() + 1)
                      .withOutbox(
                          List.of(
                              OutboxEntry.Requeue.after(
                                  document.attempt(),
                                  document.assignment().orElseThrow().claim(),
                                  reason)))
                  : next);
    }
  }

  private static final class CancelForgotten extends BuildDecisions {
    @Override
    public Optional<BuildDocument> workerLost(BuildDocument document, String reason, Instant at) {
      BuildDocument unwished =
          new BuildDocument(
              document.id(),
              document.request(),
              document.phase(),
              document.attempt(),
              document.assignment(),
              Optional.empty(),
              document.digest(),
              document.failure(),
              document.createdAt(),
              document.startedAt(),
              document.endedAt(),
              document.outbox());
      return super.workerLost(unwished, reason, at);
    }
  }

  private static final class WishForgotten extends VmDecisions {
    @Override
    public Optional<VmDocument> workerLost(VmDocument document, String reason, Instant at) {
      return super.workerLost(document.withDesired(Desired.RUN), reason, at);
    }
  }

  private static final class CancelsNoQueued extends BuildDecisions {
    @Override
    public Optional<BuildDocument> cancel(
        Optional<BuildDocument> known, Optional<BuildDocument> queued, String reason, Instant at) {
      return super.cancel(known, Optional.empty(), reason, at);
    }
  }

  private static final class RetriesRunning extends VmDecisions {
    @Override
    public Optional<VmDocument> workerLost(VmDocument document, String reason, Instant at) {
      return document.phase() == VmDocument.Phase.RUNNING
          ? super.workerLost(document.withPhase(VmDocument.Phase.STARTING), reason, at)
          : super.workerLost(document, reason, at);
    }
  }

  private static final class StartsUngranted extends ClaimRule {
    @Override
    public Answer answer(Work document, Instance instance) {
      Answer answer = super.answer(document, instance);
      return answer instanceof Answer.Wait ? new Answer.Granted() : answer;
    }
  }

  private static final class KeepsLost extends ClaimRule {
    @Override
    public Answer answer(Work document, Instance instance) {
      Answer answer = super.answer(document, instance);
      return answer instanceof Answer.Over(boolean own, String _) && !own && instance.granted()
          ? new Answer.Granted()
          : answer;
    }
  }
}
