package dev.firebuild.protocol.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One build in a world where everything comes late, twice or not at all: several workers, an owner
 * that lags and crashes between document and outbox, zombies that never hear of their loss.
 */
final class BuildWorld extends World<BuildDocument, BuildWorld.Builder> {
  private static final BuildDecisions DECISIONS = new BuildDecisions();
  private static final String ID = "b1";
  private static final Digest DIGEST = new Digest("sha256:" + "a".repeat(64));

  /** What a worker knows of a build that it claimed. */
  static final class Builder extends World.Instance {
    boolean started;
    boolean ended;

    Builder(String name, int attempt) {
      super(name, attempt);
    }
  }

  BuildWorld(RandomGenerator random) {
    super(ID, random);
  }

  @Override
  void step() {
    switch (random.nextInt(12)) {
      case 0, 1 -> handOut(random.nextInt(4) == 0);
      case 2, 3, 4 -> ownerReads();
      case 5 -> instancesSeeTheDocument();
      case 6, 7 -> anInstanceGoesOn();
      case 8, 9 -> outbox(random.nextInt(3) != 0);
      case 10 -> {
        if (random.nextInt(4) == 0) {
          giveUp();
        }
      }
      case 11 -> {
        if (random.nextInt(12) == 0) {
          cancel();
        } else if (random.nextInt(6) == 0) {
          copyOfARequest();
        }
      }
      default -> throw new AssertionError();
    }
  }

  @Override
  Builder claimedBy(String name, int attempt) {
    return new Builder(name, attempt);
  }

  @Override
  EventData claimed(Claim claim) {
    return new BuildEvent.Claimed(claim, request());
  }

  @Override
  Optional<BuildDocument> decide(Event event) {
    return switch (event.data()) {
      case BuildEvent.Claimed claimed ->
          Optional.of(
              DECISIONS.claimed(
                  document, ID, event.attempt(), event.instance(), claimed, event.time()));
      case BuildEvent told ->
          document.flatMap(known ->
              DECISIONS.told(known, event.attempt(), event.instance(), told, event.time()));
      default -> Optional.empty();
    };
  }

  @Override
  BuildDocument withoutFirstOfOutbox(BuildDocument known) {
    return known.withOutbox(known.outbox().subList(1, known.outbox().size()));
  }

  @Override
  void assertMayFollow(BuildDocument old, BuildDocument next) {
    assertThat(next.attempt()).isGreaterThanOrEqualTo(old.attempt());
    if (old.phase().isSettled()) {
      assertThat(next.withOutbox(old.outbox())).isEqualTo(old);
    }
  }

  @Override
  boolean isSettled(BuildDocument known) {
    return known.phase().isSettled();
  }

  @Override
  boolean isDone(Builder instance) {
    return instance.ended || !instance.granted;
  }

  @Override
  void sees(Builder instance, BuildDocument known) {
    // It is granted, and that is all there is to a build.
  }

  @Override
  void anInstanceGoesOn() {
    List<Builder> able = instances.stream().filter(one -> one.granted && !one.ended).toList();
    if (able.isEmpty()) {
      return;
    }
    Builder one = able.get(random.nextInt(able.size()));
    if (!one.started) {
      one.started = true;
      say(one, new BuildEvent.Started("w", "t"));
    } else if (random.nextBoolean()) {
      say(one, new BuildEvent.StepStarted(1));
    } else {
      one.ended = true;
      say(
          one,
          random.nextBoolean()
              ? new BuildEvent.Succeeded("t:latest", DIGEST, 1, Optional.empty())
              : new BuildEvent.Failed(Failure.of(FailureCode.STEP_FAILED, "no")));
    }
  }

  @Override
  void giveUp() {
    document.flatMap(known -> DECISIONS.workerLost(known, "silent", now())).ifPresent(this::write);
  }

  private void cancel() {
    Optional<BuildDocument> queued =
        queue.isEmpty()
            ? Optional.empty()
            : Optional.of(DECISIONS.unclaimed(ID, request(), 1, now()));
    DECISIONS.cancel(document, queued, "enough", now()).ifPresent(this::write);
  }

  static BuildRequest request() {
    return BuildRequest.of("t:latest", new Source.Inline("FROM scratch")).withId(ID);
  }
}
