package dev.firebuild.simulation.world;

import dev.firebuild.coordinator.owner.Input;
import dev.firebuild.coordinator.owner.OwnerLogic;
import dev.firebuild.coordinator.owner.Write;
import dev.firebuild.simulation.kafka.Broker;
import dev.firebuild.simulation.kafka.OwnerGroup;
import dev.firebuild.simulation.kafka.Transaction;
import dev.firebuild.simulation.time.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The loop around the owner, step by step as {@code messaging.OwnerLoop} does it: join, load, poll,
 * decide, one transaction with the offsets, and only then what follows from it. After any failure
 * all is thrown away.
 */
final class OwnerSession {
  private static final long GIVE_UP = 5 * Timeline.SECOND;
  private static final long LAZY = 30 * Timeline.SECOND;

  private final Coordinator here;
  private final World world;
  private final Broker broker;
  private final Optional<OwnerLogic> logic;
  private final TreeSet<Integer> owned = new TreeSet<>();
  private final TreeSet<Integer> unloaded = new TreeSet<>();
  private final OwnerInputs inputs;
  private int session;
  private int epoch;
  private int token;
  private int generation = -1;
  private long lastCommit;
  private boolean committing;

  OwnerSession(Coordinator here, World world, Optional<OwnerLogic> logic) {
    this.here = here;
    this.world = world;
    this.broker = world.broker();
    this.logic = logic;
    this.inputs = new OwnerInputs(here.chance(), broker);
  }

  private OwnerLogic logic() {
    return logic.orElseThrow();
  }

  void begin() {
    int mine = ++session;
    generation = -1;
    lastCommit = here.now();
    call(
        mine,
        () -> {
          epoch = broker.transactions().initTransactions(here.name());
          token = broker.owners().join(here.name());
          next(mine);
        });
  }

  /** The consumer's own thread tells the group that it lives. */
  void heartbeat() {
    if (broker.isUp()) {
      broker.owners().heard(here.name(), token);
    }
  }

  /** Something that the broker must answer within some seconds; else the session is over. */
  private void call(int mine, Runnable operation) {
    call(mine, operation, here.now() + GIVE_UP);
  }

  private void call(int mine, Runnable operation, long deadline) {
    here.after(
        here.chance().latency(),
        () -> {
          if (mine != session) {
            return;
          }
          if (broker.isUp()) {
            try {
              operation.run();
            } catch (Broker.Refused e) {
              fail(e.reason());
            }
          } else if (here.now() > deadline) {
            fail("the broker is away");
          } else {
            call(mine, operation, deadline);
          }
        });
  }

  private void fail(String reason) {
    if (here.isTold()) {
      here.tell("begins anew: " + reason);
    }
    committing = false;
    int over = session++;
    if (world.parts().beginsAnew()) {
      revoke();
      if (broker.isUp()) {
        broker.owners().leave(here.name(), token);
      }
      here.after(300 * Timeline.MILLI, this::begin);
    } else {
      goOn(over);
    }
  }

  /** What no owner may do: only the producer is new. */
  private void goOn(int failed) {
    session = failed;
    call(
        failed,
        () -> {
          epoch = broker.transactions().initTransactions(here.name());
          if (!broker.owners().knows(here.name(), token)) {
            token = broker.owners().join(here.name());
          }
          next(failed);
        });
  }

  private void revoke() {
    logic().revoked(new TreeSet<>(owned));
    owned.clear();
    unloaded.clear();
    inputs.clear();
  }

  private void next(int mine) {
    here.idly(
        inputs.isBehind() ? here.chance().latency() : here.chance().millis(20, 300),
        () -> {
          if (mine == session) {
            poll(mine);
          }
        });
  }

  private void poll(int mine) {
    if (broker.isUp()) {
      OwnerGroup group = broker.owners();
      if (!group.knows(here.name(), token)) {
        revoke();
        token = group.join(here.name());
      } else if (group.mustRejoin(here.name())) {
        revoke();
        group.rejoin(here.name());
      }
      Optional<OwnerGroup.Share> share = group.share(here.name());
      if (share.isPresent() && share.get().generation() != generation) {
        generation = share.get().generation();
        unloaded.addAll(share.get().partitions());
      }
      if (!unloaded.isEmpty()) {
        load(mine, here.now() + 30 * Timeline.SECOND);
        return;
      }
    }
    decide(mine);
  }

  /** Waits until the transaction of whoever had the partitions before is over. */
  private void load(int mine, long deadline) {
    List<Transaction.Offsets> starts = new ArrayList<>();
    for (int p : unloaded) {
      broker.transactions().committed(p).ifPresent(starts::add);
    }
    if (starts.size() < unloaded.size() && world.parts().awaitsPredecessor()) {
      retry(mine, deadline, () -> load(mine, deadline));
      return;
    }
    starts.forEach(inputs::start);
    Map<Integer, Long> ends = new TreeMap<>();
    for (int p : unloaded) {
      if (starts.size() < unloaded.size()) {
        inputs.start(broker.transactions().lastCommitted(p));
      }
      ends.put(
          p,
          world.parts().awaitsPredecessor() ? broker.state(p).end() : broker.state(p).readable());
    }
    here.after(here.chance().latency(), () -> read(mine, ends, deadline));
  }

  private void read(int mine, Map<Integer, Long> ends, long deadline) {
    if (mine != session) {
      return;
    }
    boolean all =
        broker.isUp()
            && ends.entrySet().stream()
                .allMatch(end -> broker.state(end.getKey()).readable() >= end.getValue());
    if (!all) {
      retry(mine, deadline, () -> read(mine, ends, deadline));
      return;
    }
    for (int p : List.copyOf(unloaded)) {
      logic().assigned(p, broker.state(p).documents());
      owned.add(p);
    }
    unloaded.clear();
    if (here.isTold()) {
      here.tell("owns " + owned + " in generation " + generation);
    }
    decide(mine);
  }

  private void retry(int mine, long deadline, Runnable step) {
    if (here.now() > deadline) {
      fail("the documents cannot be read");
      return;
    }
    here.idly(
        20 * Timeline.MILLI,
        () -> {
          if (mine == session) {
            step.run();
          }
        });
  }

  private void decide(int mine) {
    if (owned.isEmpty()) {
      next(mine);
      return;
    }
    List<Input> inputs = broker.isUp() ? this.inputs.fetch(owned) : List.of();
    List<Write> writes = logic().decide(inputs);
    boolean lazy = !inputs.isEmpty() && here.now() - lastCommit > LAZY;
    if (writes.isEmpty() && !lazy) {
      next(mine);
      return;
    }
    if (here.isTold()) {
      writes.forEach(write -> here.tell("decides " + World.brief(write)));
    }
    committing = true;
    call(mine, () -> send(mine, writes));
  }

  /** Whether the partition is owned here and all that matters is decided. */
  boolean hasDecided(int partition) {
    return owned.contains(partition)
        && !committing
        && inputs.hasRead(partition, world.checker().weightyEnd(partition));
  }

  private void send(int mine, List<Write> writes) {
    broker.transactions().send(here.name(), epoch, writes);
    List<Transaction.Offsets> offsets = inputs.offsets(owned.first());
    call(mine, () -> sendOffsets(mine, writes, offsets));
  }

  private void sendOffsets(int mine, List<Write> writes, List<Transaction.Offsets> offsets) {
    if (world.parts().fences()) {
      broker.transactions().sendOffsets(here.name(), epoch, token, generation, offsets);
    } else {
      broker.transactions().sendOffsetsUnfenced(here.name(), epoch, offsets);
    }
    call(mine, () -> commit(mine, writes));
  }

  private void commit(int mine, List<Write> writes) {
    broker.transactions().commit(here.name(), epoch);
    // The answer may be lost with its receiver.
    call(
        mine,
        () -> {
          committing = false;
          inputs.committed();
          lastCommit = here.now();
          logic().committed(writes);
          next(mine);
        });
  }
}
