package dev.firebuild.protocol.decision;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One VM in a world where everything comes late, twice or not at all: several workers, an owner
 * that lags and crashes between document and outbox, hosts that fall silent and come back, zombies
 * that never hear of their loss, people who change their minds.
 */
final class VmWorld extends World<VmDocument, VmWorld.Runner> {
  private static final VmDecisions DECISIONS = new VmDecisions();
  private static final String ID = "v1";

  private final boolean removesItself;

  /** Once a VM has its name, it has it. */
  private NameStanding name;

  /** What a worker knows of a VM that it claimed. */
  static final class Runner extends World.Instance {
    boolean lost;
    Goal goal = Goal.RUN;
    int told;
    boolean ended;
    boolean removed;

    Runner(String name, int attempt) {
      super(name, attempt);
    }
  }

  VmWorld(RandomGenerator random) {
    super(ID, random);
    this.removesItself = random.nextBoolean();
    this.name = random.nextBoolean() ? NameStanding.OURS : NameStanding.UNDECIDED;
  }

  @Override
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
          copyOfARequest();
        }
      }
      default -> throw new AssertionError();
    }
  }

  @Override
  void giveUp() {
    document
        .flatMap(known -> DECISIONS.notHeld(known, "it does not have the VM", now()))
        .filter(_ -> !heldByTheLiving())
        .ifPresent(this::write);
  }

  private boolean heldByTheLiving() {
    return document
        .flatMap(VmDocument::assignment)
        .map(to -> instances.stream().anyMatch(one -> one.name.equals(to.instance()) && !one.lost))
        .orElse(false);
  }

  @Override
  Runner claimedBy(String name, int attempt) {
    return new Runner(name, attempt);
  }

  @Override
  EventData claimed(Claim claim) {
    return new VmEvent.Claimed(claim, request());
  }

  @Override
  Optional<VmDocument> decide(Event event) {
    return switch (event.data()) {
      case VmEvent.Claimed claimed ->
          Optional.of(
              DECISIONS.claimed(
                  document, ID, event.attempt(), event.instance(), claimed, name, event.time()));
      case VmEvent told ->
          document.flatMap(known ->
              DECISIONS.told(known, event.attempt(), event.instance(), told, event.time()));
      default -> Optional.empty();
    };
  }

  @Override
  VmDocument withoutFirstOfOutbox(VmDocument known) {
    return known.withOutbox(known.outbox().subList(1, known.outbox().size()));
  }

  @Override
  boolean isSettled(VmDocument known) {
    return known.phase().isSettled();
  }

  @Override
  boolean isDone(Runner instance) {
    return !instance.granted
        || instance.removed
        || instance.lost
        || (instance.ended && instance.goal != Goal.REMOVE);
  }

  @Override
  void sees(Runner instance, VmDocument known) {
    instance.goal = known.desired().goal();
  }

  @Override
  void decideWhatIsOpen() {
    nameDecided(true);
  }

  private void nameDecided(boolean ours) {
    if (name == NameStanding.UNDECIDED) {
      name = ours ? NameStanding.OURS : NameStanding.TAKEN;
    }
    document.flatMap(known -> DECISIONS.named(known, name, now())).ifPresent(this::write);
  }

  @Override
  void assertMayFollow(VmDocument old, VmDocument next) {
    assertThat(next.attempt()).isGreaterThanOrEqualTo(old.attempt());
    assertThat(next.desired().goal()).isGreaterThanOrEqualTo(old.desired().goal());
    assertMovesForward(old, next);
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

  /** Zombies go on, too: they do not know that they are lost. */
  @Override
  void anInstanceGoesOn() {
    List<Runner> able =
        instances.stream()
            .filter(one -> one.granted && !one.removed && !(one.ended && one.goal != Goal.REMOVE))
            .toList();
    if (able.isEmpty()) {
      return;
    }
    Runner one = able.get(random.nextInt(able.size()));
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

  private RunRequest request() {
    return RunRequest.of("t:latest", Optional.of("web"), removesItself).withId(ID);
  }
}
