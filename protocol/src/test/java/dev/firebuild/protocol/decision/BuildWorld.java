package dev.firebuild.protocol.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One build in a world where everything comes late, twice or not at all: several workers, an owner
 * that lags and crashes between document and outbox, zombies that never hear of their loss.
 */
final class BuildWorld {
  private static final BuildDecisions DECISIONS = new BuildDecisions();
  private static final String ID = "b1";
  private static final Digest DIGEST = new Digest("sha256:" + "a".repeat(64));

  final List<Event> log = new ArrayList<>();
  Optional<BuildDocument> document = Optional.empty();
  private final RandomGenerator random;
  private final List<Integer> queue = new ArrayList<>(List.of(1));
  private final List<Integer> appended = new ArrayList<>(queue);
  private final List<Instance> instances = new ArrayList<>();
  private int ownerRead;
  private long clock;

  private static final class Instance {
    final String name;
    final int attempt;
    boolean granted;
    boolean started;
    boolean ended;
    long seq;

    Instance(String name, int attempt) {
      this.name = name;
      this.attempt = attempt;
    }
  }

  BuildWorld(RandomGenerator random) {
    this.random = random;
  }

  void step() {
    switch (random.nextInt(12)) {
      case 0, 1 -> handOut(random.nextInt(4) == 0);
      case 2, 3, 4 -> ownerReads();
      case 5 -> instancesSeeTheDocument();
      case 6, 7 -> anInstanceGoesOn();
      case 8, 9 -> outbox(random.nextInt(3) != 0);
      case 10 -> {
        if (random.nextInt(4) == 0) {
          loseWorker();
        }
      }
      case 11 -> {
        if (random.nextInt(12) == 0) {
          cancel();
        } else if (random.nextInt(6) == 0) {
          // a second copy, or a stale one
          queue.add(appended.get(random.nextInt(appended.size())));
        }
      }
      default -> throw new AssertionError();
    }
  }

  /** Goes on without losses until nothing is left to do. */
  void drain() {
    for (int i = 0; i < 10_000; i++) {
      boolean rest =
          ownerRead == log.size()
              && queue.isEmpty()
              && document.filter(d -> d.phase().isSettled() && d.outbox().isEmpty()).isPresent()
              && instances.stream().allMatch(one -> one.ended || !one.granted);
      if (rest) {
        return;
      }
      while (ownerRead < log.size()) {
        ownerReads();
      }
      outbox(true);
      instancesSeeTheDocument();
      anInstanceGoesOn();
      handOut(false);
      if (queue.isEmpty() && i % 50 == 49) {
        loseWorker();
      }
    }
    throw new AssertionError("the world does not come to rest: " + document + " " + queue);
  }

  private void handOut(boolean again) {
    if (queue.isEmpty()) {
      return;
    }
    int index = random.nextInt(queue.size());
    int attempt = again ? queue.get(index) : queue.remove(/* index */ index);
    Instance instance = new Instance("i" + instances.size(), attempt);
    instances.add(instance);
    say(
        instance,
        new BuildEvent.Claimed(
            new Claim("requests", 0, index, "w" + instances.size(), "inc", Optional.empty()),
            request()));
  }

  private void ownerReads() {
    if (ownerRead == log.size()) {
      return;
    }
    Event event = log.get(ownerRead++);
    if (event.instance().equals(OwnerEvents.INSTANCE)
        || !(event.data() instanceof BuildEvent data)) {
      return;
    }
    if (data instanceof BuildEvent.Claimed claimed) {
      write(
          DECISIONS.claimed(
              document, ID, event.attempt(), event.instance(), claimed, event.time()));
    } else {
      document
          .flatMap(
              known -> DECISIONS.told(known, event.attempt(), event.instance(), data, event.time()))
          .ifPresent(this::write);
    }
  }

  private void write(BuildDocument next) {
    document.ifPresent(old -> {
      assertThat(next.attempt()).isGreaterThanOrEqualTo(old.attempt());
      if (old.phase().isSettled()) {
        assertThat(next.withOutbox(old.outbox())).isEqualTo(old);
      }
    });
    document = Optional.of(next);
  }

  private void instancesSeeTheDocument() {
    document
        .flatMap(BuildDocument::assignment)
        .ifPresent(to ->
            instances.stream()
                .filter(one -> one.name.equals(to.instance()))
                .forEach(one -> one.granted = true));
  }

  private void anInstanceGoesOn() {
    List<Instance> able = instances.stream().filter(one -> one.granted && !one.ended).toList();
    if (able.isEmpty()) {
      return;
    }
    Instance one = able.get(random.nextInt(able.size()));
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

  private void outbox(boolean survives) {
    if (document.isEmpty() || document.get().outbox().isEmpty()) {
      return;
    }
    BuildDocument known = document.get();
    OutboxEntry entry = known.outbox().getFirst();
    OwnerEvents.of(known, entry, "coordinator", now()).ifPresent(log::add);
    if (entry instanceof OutboxEntry.Requeue(int attempt, String _, String _, var _)) {
      queue.add(attempt);
      appended.add(attempt);
    }
    if (survives) {
      write(known.withOutbox(known.outbox().subList(1, known.outbox().size())));
    }
  }

  private void loseWorker() {
    document.flatMap(known -> DECISIONS.workerLost(known, "silent", now())).ifPresent(this::write);
  }

  private void cancel() {
    Optional<BuildDocument> queued =
        queue.isEmpty()
            ? Optional.empty()
            : Optional.of(DECISIONS.unclaimed(ID, request(), 1, now()));
    DECISIONS.cancel(document, queued, "enough", now()).ifPresent(this::write);
  }

  private void say(Instance instance, EventData data) {
    long seq = ++instance.seq;
    log.add(
        new Event(
            instance.name + "-" + seq, "w", ID, now(), instance.attempt, instance.name, seq, data));
  }

  private Instant now() {
    return Instant.ofEpochMilli(++clock);
  }

  static BuildRequest request() {
    return new BuildRequest(
        Optional.of(ID),
        "t:latest",
        new Source.Inline("FROM scratch"),
        Optional.empty(),
        Map.of(),
        Map.of(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
