package dev.firebuild.protocol.decision;

import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One build or VM where everything comes late, twice or not at all: several workers, an owner that
 * lags and crashes between document and outbox, zombies that never hear of their loss.
 *
 * @param <D> its document
 * @param <I> what a worker knows of it
 */
abstract class World<D extends Work, I extends World.Instance> {
  final List<Event> log = new ArrayList<>();
  Optional<D> document = Optional.empty();
  final RandomGenerator random;
  final List<Integer> queue = new ArrayList<>(List.of(1));
  final List<I> instances = new ArrayList<>();
  private final List<Integer> appended = new ArrayList<>(queue);
  private final String id;
  private int ownerRead;
  private long clock;

  /** What a worker knows that has claimed it. */
  abstract static class Instance {
    final String name;
    final int attempt;
    boolean granted;
    private long seq;

    Instance(String name, int attempt) {
      this.name = name;
      this.attempt = attempt;
    }
  }

  World(String id, RandomGenerator random) {
    this.id = id;
    this.random = random;
  }

  /** Something happens. */
  abstract void step();

  abstract I claimedBy(String name, int attempt);

  abstract EventData claimed(Claim claim);

  /** What the owner makes of an event that it did not say itself. */
  abstract Optional<D> decide(Event event);

  abstract D withoutFirstOfOutbox(D known);

  /** Fails if {@code next} may not come after {@code old}. */
  abstract void assertMayFollow(D old, D next);

  abstract boolean isSettled(D known);

  abstract boolean isDone(I instance);

  abstract void sees(I instance, D known);

  abstract void anInstanceGoesOn();

  /** Nobody works on it, and it is not in the queue. */
  abstract void giveUp();

  /** Other owners answer what this one has asked them. */
  void decideWhatIsOpen() {}

  /** Goes on without losses until nothing is left to do. */
  final void drain() {
    for (int i = 0; i < 10_000; i++) {
      boolean rest =
          ownerRead == log.size()
              && queue.isEmpty()
              && document.filter(known -> isSettled(known) && known.outbox().isEmpty()).isPresent()
              && instances.stream().allMatch(this::isDone);
      if (rest) {
        return;
      }
      while (ownerRead < log.size()) {
        ownerReads();
      }
      decideWhatIsOpen();
      outbox(true);
      instancesSeeTheDocument();
      anInstanceGoesOn();
      handOut(false);
      if (queue.isEmpty() && i % 50 == 49) {
        giveUp();
      }
    }
    throw new AssertionError("the world does not come to rest: " + document + " " + queue);
  }

  /** {@code again}: the record stays in the queue. */
  final void handOut(boolean again) {
    if (queue.isEmpty()) {
      return;
    }
    int index = random.nextInt(queue.size());
    int attempt = again ? queue.get(index) : queue.remove(/* index */ index);
    I instance = claimedBy("i" + instances.size(), attempt);
    instances.add(instance);
    say(
        instance,
        claimed(
            new Claim(
                "requests",
                0,
                index,
                "w" + instances.size(),
                "inc",
                Optional.empty(),
                Optional.empty())));
  }

  /** A second copy of a request comes, or a stale one. */
  final void copyOfARequest() {
    queue.add(appended.get(random.nextInt(appended.size())));
  }

  final void ownerReads() {
    if (ownerRead < log.size()) {
      Event event = log.get(ownerRead++);
      if (!event.instance().equals(OwnerEvents.INSTANCE)) {
        decide(event).ifPresent(this::write);
      }
    }
  }

  final void write(D next) {
    document.ifPresent(old -> assertMayFollow(old, next));
    document = Optional.of(next);
  }

  final void instancesSeeTheDocument() {
    document.ifPresent(known ->
        known
            .assignment()
            .ifPresent(to ->
                instances.stream()
                    .filter(one -> one.name.equals(to.instance()))
                    .forEach(one -> {
                      one.granted = true;
                      sees(one, known);
                    })));
  }

  /** The owner says what is due; unless it {@code survives} it will say that again. */
  final void outbox(boolean survives) {
    if (document.isEmpty() || document.get().outbox().isEmpty()) {
      return;
    }
    D known = document.get();
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
      write(withoutFirstOfOutbox(known));
    }
  }

  final void say(I instance, EventData data) {
    long seq = ++((Instance) instance).seq;
    log.add(
        new Event(
            instance.name + "-" + seq, "w", id, now(), instance.attempt, instance.name, seq, data));
  }

  final Instant now() {
    return Instant.ofEpochMilli(++clock);
  }
}
