package dev.firebuild.protocol.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import dev.firebuild.protocol.document.VmDocument.Phase;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One VM in a world where everything comes late, twice or not at all: several workers, an owner
 * that lags and crashes between document and outbox, hosts that fall silent and come back, zombies
 * that never hear of their loss, people who change their minds.
 */
final class VmWorld {
  private static final VmDecisions DECISIONS = new VmDecisions();
  private static final String ID = "v1";

  final List<Event> log = new ArrayList<>();
  Optional<VmDocument> document = Optional.empty();
  private final RandomGenerator random;
  private final boolean removesItself;
  private final List<Integer> queue = new ArrayList<>(List.of(1));
  private final List<Integer> appended = new ArrayList<>(queue);
  private final List<Instance> instances = new ArrayList<>();
  private int ownerRead;

  /** Once a VM has its name, it has it. */
  private NameStanding name;

  private long clock;

  /** What a worker knows of a VM that it claimed. */
  private static final class Instance {
    final String name;
    final int attempt;
    boolean granted;
    boolean lost;
    Goal goal = Goal.RUN;
    int told;
    boolean ended;
    boolean removed;
    long seq;

    Instance(String name, int attempt) {
      this.name = name;
      this.attempt = attempt;
    }

    boolean isDone() {
      return !granted || removed || lost || (ended && goal != Goal.REMOVE);
    }
  }

  VmWorld(RandomGenerator random) {
    this.random = random;
    this.removesItself = random.nextBoolean();
    this.name = random.nextBoolean() ? NameStanding.OURS : NameStanding.UNDECIDED;
  }

  void step() {
    switch (random.nextInt(14)) {
      case 0, 1 -> handOut(random.nextInt(4) == 0);
      case 2, 3, 4 -> ownerReads();
      case 5, 6 -> instancesSeeTheDocument();
      case 7, 8, 9 -> anInstanceGoesOn();
      case 10, 11 -> outbox(random.nextInt(3) != 0);
      case 12 -> {
        if (random.nextInt(4) == 0) {
          judge();
        }
      }
      case 13 -> {
        if (random.nextInt(6) == 0) {
          command();
        } else if (random.nextInt(2) == 0) {
          nameDecided(random.nextInt(4) != 0);
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
              && instances.stream().allMatch(Instance::isDone);
      if (rest) {
        return;
      }
      while (ownerRead < log.size()) {
        ownerReads();
      }
      nameDecided(true);
      outbox(true);
      instancesSeeTheDocument();
      anInstanceGoesOn();
      handOut(false);
      if (queue.isEmpty() && i % 50 == 49) {
        document
            .flatMap(known -> DECISIONS.notHeld(known, "it does not have the VM", now()))
            .filter(_ -> !heldByTheLiving())
            .ifPresent(this::write);
      }
    }
    throw new AssertionError("the world does not come to rest: " + document + " " + queue);
  }

  private boolean heldByTheLiving() {
    return document
        .flatMap(VmDocument::assignment)
        .map(to -> instances.stream().anyMatch(one -> one.name.equals(to.instance()) && !one.lost))
        .orElse(false);
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
        new VmEvent.Claimed(
            new Claim("requests", 0, index, "w" + instances.size(), "inc", Optional.empty()),
            request()));
  }

  private void ownerReads() {
    if (ownerRead == log.size()) {
      return;
    }
    Event event = log.get(ownerRead++);
    if (event.instance().equals(OwnerEvents.INSTANCE) || !(event.data() instanceof VmEvent data)) {
      return;
    }
    if (data instanceof VmEvent.Claimed claimed) {
      write(
          DECISIONS.claimed(
              document, ID, event.attempt(), event.instance(), claimed, name, event.time()));
    } else {
      document
          .flatMap(
              known -> DECISIONS.told(known, event.attempt(), event.instance(), data, event.time()))
          .ifPresent(this::write);
    }
  }

  private void nameDecided(boolean ours) {
    if (name == NameStanding.UNDECIDED) {
      name = ours ? NameStanding.OURS : NameStanding.TAKEN;
    }
    document.flatMap(known -> DECISIONS.named(known, name, now())).ifPresent(this::write);
  }

  private void write(VmDocument next) {
    document.ifPresent(old -> {
      assertThat(next.attempt()).isGreaterThanOrEqualTo(old.attempt());
      assertThat(next.desired().goal()).isGreaterThanOrEqualTo(old.desired().goal());
      assertMovesForward(old, next);
    });
    document = Optional.of(next);
  }

  /** Within an attempt a VM only goes on; what runs or has ended is never tried anew. */
  private static void assertMovesForward(VmDocument old, VmDocument next) {
    if (old.phase().compareTo(Phase.RUNNING) >= 0) {
      assertThat(next.attempt()).isEqualTo(old.attempt());
    }
    if (next.attempt() == old.attempt()) {
      assertThat(next.phase()).isGreaterThanOrEqualTo(old.phase());
      assertThat(old.assignment().isEmpty() || next.assignment().equals(old.assignment())).isTrue();
    }
    if (old.phase().isSettled()) {
      assertThat(next.phase()).isIn(old.phase(), Phase.REMOVED);
      assertThat(next.exitCode()).isEqualTo(old.exitCode());
      assertThat(next.failure()).isEqualTo(old.failure());
      assertThat(next.endedAt()).isEqualTo(old.endedAt());
    }
  }

  private void instancesSeeTheDocument() {
    document.ifPresent(known ->
        known
            .assignment()
            .ifPresent(to ->
                instances.stream()
                    .filter(one -> one.name.equals(to.instance()))
                    .forEach(one -> {
                      one.granted = true;
                      one.goal = known.desired().goal();
                    })));
  }

  /** Zombies go on, too: they do not know that they are lost. */
  private void anInstanceGoesOn() {
    List<Instance> able =
        instances.stream()
            .filter(one -> one.granted && !one.removed && !(one.ended && one.goal != Goal.REMOVE))
            .toList();
    if (able.isEmpty()) {
      return;
    }
    Instance one = able.get(random.nextInt(able.size()));
    if (one.ended) {
      one.removed = true;
      say(one, new VmEvent.Removed());
    } else if (one.goal != Goal.RUN && one.told < 3) {
      one.told = 3;
      say(one, new VmEvent.Stopping("stopped"));
    } else if (one.told == 0) {
      one.told = 1;
      say(one, new VmEvent.Starting("w", "t"));
    } else if (one.told == 1) {
      one.told = 2;
      say(one, new VmEvent.Running("w", "h", "qemu-tcg", 1, "10.0.2.15", 24, List.of()));
    } else {
      one.ended = true;
      say(
          one,
          random.nextInt(3) > 0
              ? new VmEvent.Exited(Optional.of(random.nextInt(3)), "exited")
              : new VmEvent.Failed(Failure.of(FailureCode.GUEST_PANIC, "no")));
    }
  }

  private void outbox(boolean survives) {
    if (document.isEmpty() || document.get().outbox().isEmpty()) {
      return;
    }
    VmDocument known = document.get();
    OutboxEntry entry = known.outbox().getFirst();
    if (entry instanceof OutboxEntry.WantName) {
      return; // asked for until it is decided
    }
    OwnerEvents.of(known, entry, "coordinator", now()).ifPresent(log::add);
    if (entry instanceof OutboxEntry.Requeue(int attempt, String _, String _, var _)) {
      queue.add(attempt);
      appended.add(attempt);
    }
    if (survives) {
      write(known.withOutbox(known.outbox().subList(1, known.outbox().size())));
    }
  }

  /** The worker is silent, is heard again, or says that it does not hold the VM. */
  private void judge() {
    VmDocument known = document.orElse(null);
    if (known == null || known.assignment().isEmpty()) {
      return;
    }
    switch (random.nextInt(3)) {
      case 0 -> DECISIONS.workerLost(known, "silent", now()).ifPresent(this::write);
      case 1 -> DECISIONS.workerHeard(known).ifPresent(this::write);
      case 2 -> {
        // A living worker says so only when it has nothing more to tell of the VM.
        String instance = known.assignment().get().instance();
        instances.stream()
            .filter(one -> one.name.equals(instance) && !one.granted)
            .forEach(one -> one.lost = true);
        if (!heldByTheLiving()) {
          DECISIONS.notHeld(known, "not held", now()).ifPresent(this::write);
        }
      }
      default -> throw new AssertionError();
    }
  }

  private void command() {
    Optional<VmDocument> queued =
        queue.isEmpty()
            ? Optional.empty()
            : Optional.of(DECISIONS.unclaimed(ID, request(), 1, now()));
    Command command =
        switch (random.nextInt(4)) {
          case 0 -> new Command.Stop(Optional.of(3));
          case 1 -> new Command.Kill();
          case 2 -> Command.Remove.vm(true);
          default -> Command.Remove.vm(false);
        };
    DECISIONS.command(document, queued, command, now()).ifPresent(this::write);
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

  private RunRequest request() {
    return new RunRequest(
        Optional.of(ID),
        "t:latest",
        Optional.of("web"),
        Optional.empty(),
        Map.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        removesItself,
        Optional.empty());
  }
}
