package dev.firebuild.simulation.world;

import dev.firebuild.coordinator.owner.Write;
import dev.firebuild.protocol.decision.ClaimRule;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.simulation.kafka.Broker;
import dev.firebuild.simulation.time.Chance;
import dev.firebuild.simulation.time.History;
import dev.firebuild.simulation.time.Timeline;
import dev.firebuild.simulation.time.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One schedule: all processes of an installation in one thread, with everything that chance can do
 * to them for a while, and then peace, in which all must come to rest.
 */
public final class World {
  private static final long PEACE = 240 * Timeline.SECOND;

  /** No divisor of the heartbeats: somebody always has one on the way at the same moment. */
  private static final long LOOK = 430 * Timeline.MILLI;

  private final Timeline time = new Timeline();
  private final Chance chance;
  private final History history;
  private final Parts parts;
  private final String prefix;
  private final ClaimRule claimRule;
  private final Broker broker;
  private final Faults faults;
  private final Checker checker;
  private final Clients clients;
  private final List<Coordinator> coordinators = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();
  private int drawn;

  /**
   * @param told whether to keep a history, which takes most of the time
   */
  public World(long seed, Parts parts, boolean told) {
    this(seed, parts, told, "");
  }

  /**
   * @param prefix of all names in it, so that they are none of another world
   */
  public World(long seed, Parts parts, boolean told, String prefix) {
    this.chance = new Chance(seed);
    this.history = new History(told, time);
    this.parts = parts;
    this.prefix = prefix;
    this.claimRule = parts.claimRule();
    this.broker = new Broker(time, chance, history, chance.between(1, 3), chance.between(1, 10));
    this.checker = new Checker(this);
    this.faults = new Faults(this);
    this.clients = new Clients(this);
    int all = chance.oneIn(3) ? 1 : chance.between(2, 3);
    for (int i = 1; i <= all; i++) {
      coordinators.add(new Coordinator(this, named("coordinator-" + i)));
    }
    int most = chance.between(1, 3);
    for (int i = 1; i <= most; i++) {
      workers.add(
          new Worker(this, named("worker-" + i), chance.between(1, 2), chance.between(1, 2)));
    }
  }

  /** Runs to its end; throws a {@link Violation} if a rule does not hold. */
  public void run() {
    coordinators.forEach(one -> time.after(chance.millis(0, 500), one::start));
    workers.forEach(one -> time.after(chance.millis(0, 500), one::start));
    clients.begin();
    faults.begin();
    while (time.now() < faults.end()) {
      time.step();
    }
    history.add("-", "no more faults");
    faults.makePeace();
    long deadline = time.now() + PEACE;
    long look = time.now();
    while (true) {
      time.step();
      if (time.now() >= look) {
        look = time.now() + LOOK;
        Optional<String> unrest = checker.unrest();
        if (unrest.isEmpty()) {
          checker.atRest();
          return;
        }
        if (time.now() > deadline) {
          throw new Violation("everything comes to rest", unrest.get());
        }
      }
    }
  }

  /** What happened. */
  public List<String> history() {
    return history.lines();
  }

  /** What was written. */
  public Records records() {
    return Records.of(broker);
  }

  /** How many steps it took. */
  public long steps() {
    return time.steps();
  }

  Timeline time() {
    return time;
  }

  Chance chance() {
    return chance;
  }

  History historyOf() {
    return history;
  }

  Parts parts() {
    return parts;
  }

  ClaimRule claimRule() {
    return claimRule;
  }

  Broker broker() {
    return broker;
  }

  Faults faults() {
    return faults;
  }

  Checker checker() {
    return checker;
  }

  Clients clients() {
    return clients;
  }

  List<Coordinator> coordinators() {
    return coordinators;
  }

  List<Worker> workers() {
    return workers;
  }

  Optional<Worker> worker(String name) {
    return workers.stream().filter(one -> one.name().equals(name)).findFirst();
  }

  String draw(String kind) {
    return named(kind + ++drawn);
  }

  /** {@code name} as it is in this world. */
  String named(String name) {
    return prefix + name;
  }

  Instant instant() {
    return instantOf(time.now());
  }

  static Instant instantOf(long nanos) {
    return Instant.ofEpochMilli(nanos / Timeline.MILLI);
  }

  static String brief(EventData data) {
    return data.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  static String brief(Write write) {
    return write.document().map(World::brief).orElseGet(() -> write.key() + " is gone");
  }

  static String brief(Document document) {
    return switch (document) {
      case BuildDocument build ->
          "%s %s, attempt %d%s%s%s"
              .formatted(
                  build.key(),
                  build.phase(),
                  build.attempt(),
                  build.assignment().map(to -> ", " + to.instance()).orElse(""),
                  build.cancelRequested().isPresent() ? ", to be cancelled" : "",
                  build.outbox().isEmpty() ? "" : ", outbox " + brief(build.outbox()));
      case VmDocument vm ->
          "%s %s, attempt %d%s%s%s%s"
              .formatted(
                  vm.key(),
                  vm.phase(),
                  vm.attempt(),
                  vm.assignment().map(to -> ", " + to.instance()).orElse(""),
                  ", shall " + vm.desired().goal(),
                  vm.reachable() ? "" : ", not reachable",
                  vm.outbox().isEmpty() ? "" : ", outbox " + brief(vm.outbox()));
      default -> document.key();
    };
  }

  private static List<String> brief(List<OutboxEntry> entries) {
    return entries.stream()
        .map(entry ->
            entry instanceof OutboxEntry.Requeue requeue
                ? "Requeue since " + requeue.reason()
                : entry.getClass().getSimpleName())
        .toList();
  }
}
