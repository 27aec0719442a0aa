package dev.firebuild.simulation.world;

import dev.firebuild.coordinator.owner.Write;
import dev.firebuild.protocol.decision.Attempts;
import dev.firebuild.protocol.document.Assignment;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.CoordinatorEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.ImageEvent;
import dev.firebuild.protocol.event.WorkerEvent;
import dev.firebuild.simulation.kafka.Transaction;
import dev.firebuild.simulation.time.History;
import dev.firebuild.simulation.time.Timeline;
import dev.firebuild.simulation.time.Violation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What must hold whenever something is stored or work begins. */
final class Checker {
  private final World world;
  private final Map<String, Document> documents = new TreeMap<>();
  private final Map<String, String> granted = new HashMap<>();
  private final Map<String, String> published = new TreeMap<>();
  private final CommandCheck commands;
  private final Set<String> told = new HashSet<>();
  private final long[] weighty;
  private long lastChange;

  Checker(World world) {
    this.world = world;
    this.weighty = new long[world.broker().partitions()];
    this.commands = new CommandCheck(world);
    world.broker().transactions().onCommit(this::committed);
    world.broker().onEvent(this::said);
  }

  /** All documents as they are stored, by key. */
  Map<String, Document> documents() {
    return documents;
  }

  Optional<Work> work(String key) {
    return documents.get(key) instanceof Work work ? Optional.of(work) : Optional.empty();
  }

  /** Builds by the ids of the events that published their images. */
  Map<String, String> published() {
    return published;
  }

  /** Whether nothing but heartbeats came for {@code nanos}. */
  boolean isQuietFor(long nanos) {
    return world.time().now() - lastChange > nanos;
  }

  /** The offset behind the last event of {@code partition} that is no heartbeat. */
  long weightyEnd(int partition) {
    return weighty[partition];
  }

  private static Violation violation(String rule, String details) {
    return new Violation(rule, details);
  }

  private void committed(Transaction transaction) {
    History history = world.historyOf();
    for (Write write : transaction.writes()) {
      if (history.wanted()) {
        history.add("broker", "%s stores %s".formatted(transaction.owner(), World.brief(write)));
      }
      Optional<Document> document = write.document();
      if (document.isPresent() && document.get() instanceof Work work) {
        lastChange = world.time().now();
        check(work(write.key()), work);
      }
      document.ifPresentOrElse(
          one -> documents.put(write.key(), one), () -> documents.remove(write.key()));
    }
    checkNames();
    commands.committed(transaction.offsets());
  }

  private void checkNames() {
    Map<String, String> holders = new HashMap<>();
    for (Document document : documents.values()) {
      if (document instanceof VmDocument vm
          && vm.assignment().isPresent()
          && vm.phase() != VmDocument.Phase.REMOVED
          && vm.request().name().isPresent()) {
        String other = holders.putIfAbsent(vm.request().name().get(), vm.id());
        if (other != null) {
          throw violation("two VMs never have one name", World.brief(vm) + " has that of " + other);
        }
      }
    }
  }

  private void check(Optional<Work> known, Work next) {
    if (next.attempt() > Attempts.MOST) {
      throw violation("attempts are limited", World.brief(next));
    }
    next.assignment()
        .ifPresent(to -> {
          granted(next, to);
          checkTold(next, to.instance());
        });
    if (known.isPresent()) {
      Work old = known.get();
      if (next.attempt() < old.attempt()) {
        throw violation("attempts only rise", World.brief(old) + " -> " + World.brief(next));
      }
      boolean anew =
          next.attempt() > old.attempt()
              || (next.assignment().isPresent() && !next.assignment().equals(old.assignment()));
      switch (next) {
        case BuildDocument build -> check((BuildDocument) old, build, anew);
        case VmDocument vm -> check((VmDocument) old, vm, anew);
      }
      checkLoss(old, next);
    }
  }

  private void granted(Work work, Assignment to) {
    String first = granted.putIfAbsent(work.key() + "#" + work.attempt(), to.instance());
    if (first != null && !first.equals(to.instance())) {
      throw violation(
          "an attempt is granted to one instance",
          "%s to %s, after %s".formatted(World.brief(work), to.instance(), first));
    }
  }

  /** What only an instance can know is in the document because that instance has said it. */
  private void checkTold(Work work, String instance) {
    Optional<String> needed =
        switch (work) {
          case BuildDocument build ->
              switch (build.phase()) {
                case RUNNING -> Optional.of("started");
                case SUCCEEDED -> Optional.of("succeeded");
                case QUEUED, ASSIGNED, FAILED, CANCELLED -> Optional.empty();
              };
          case VmDocument vm ->
              switch (vm.phase()) {
                case STARTING -> Optional.of("starting");
                case RUNNING -> Optional.of("running");
                case STOPPING -> Optional.of("stopping");
                case QUEUED, ASSIGNED, EXITED, FAILED, REMOVED -> Optional.empty();
              };
        };
    if (needed.filter(what -> !told.contains(instance + " " + what)).isPresent()) {
      throw violation("only the granted instance is heard", World.brief(work));
    }
  }

  private static void check(BuildDocument old, BuildDocument next, boolean anew) {
    if (old.phase().isSettled() && !next.withOutbox(old.outbox()).equals(old)) {
      throw violation("settled is final", World.brief(old) + " -> " + World.brief(next));
    }
    if (anew && old.cancelRequested().isPresent()) {
      throw violation("what is cancelled is not tried anew", World.brief(next));
    }
  }

  private static void check(VmDocument old, VmDocument next, boolean anew) {
    if (old.phase().isSettled()
        && next.phase() != VmDocument.Phase.REMOVED
        && next.phase() != old.phase()) {
      throw violation("settled is final", World.brief(old) + " -> " + World.brief(next));
    }
    if (anew && (old.phase() == VmDocument.Phase.RUNNING || old.running().isPresent())) {
      throw violation("a running VM is never tried elsewhere", World.brief(next));
    }
    if (anew && old.desired().goal() != Goal.RUN) {
      throw violation("what is cancelled is not tried anew", World.brief(next));
    }
  }

  /**
   * Who lives and was heard all the time does not lose what it has. A broker that dies again while
   * workers look for it can make them look silent; that is known and costs an attempt.
   */
  private void checkLoss(Work old, Work next) {
    boolean unreachable =
        old instanceof VmDocument before
            && next instanceof VmDocument after
            && before.reachable()
            && !after.reachable();
    if (old.assignment().isEmpty() || (next.attempt() == old.attempt() && !unreachable)) {
      return;
    }
    Assignment to = old.assignment().get();
    Optional<Worker> worker = world.worker(to.claim().worker());
    Optional<Hold> hold = worker.flatMap(one -> one.holds(to.instance()));
    if (hold.isPresent()
        && worker.get().lastFault() < hold.get().since()
        && worker.get().lastFault() < world.time().now() - 3 * Timeline.SECOND
        && !hold.get().isAdopted()
        && world.broker().failuresWithin(6 * Timeline.SECOND) < 2) {
      throw violation(
          "no living worker loses its work",
          "%s has %s: %s".formatted(worker.get().name(), to.instance(), World.brief(next)));
    }
  }

  private void said(Event event) {
    if (event.data() instanceof WorkerEvent || event.data() instanceof CoordinatorEvent) {
      return;
    }
    lastChange = world.time().now();
    told.add(event.instance() + " " + World.brief(event.data()));
    int partition = world.broker().partitionOf(event.subject());
    weighty[partition] = world.broker().events(partition).end();
    if (world.historyOf().wanted()) {
      world
          .historyOf()
          .add(
              "broker",
              "stores %s of %s, attempt %d, by %s"
                  .formatted(
                      World.brief(event.data()),
                      event.subject(),
                      event.attempt(),
                      event.instance()));
    }
    if (event.data() instanceof ImageEvent.Published) {
      published.put(event.id(), event.instance());
    }
  }

  /** {@code worker} begins to do what it has claimed. */
  void workStarts(String worker, Hold hold) {
    String grant = granted.get(hold.key() + "#" + hold.attempt());
    if (!hold.instance().equals(grant)) {
      throw violation(
          "work starts with a stored grant",
          "%s starts %s, attempt %d, as %s; granted is %s"
              .formatted(worker, hold.key(), hold.attempt(), hold.instance(), grant));
    }
  }

  /** Why the world is not at rest yet. */
  Optional<String> unrest() {
    return isQuietFor(5 * Timeline.SECOND)
        ? new RestCheck(world).unrest()
        : Optional.of("there is something new all the time");
  }

  /** Now that all is at rest: everybody must have the same idea of what happened. */
  void atRest() {
    new RestCheck(world).check();
    new ReaderCheck(world).check();
  }

  /** The image documents. */
  Map<String, ImageDocument> images() {
    Map<String, ImageDocument> images = new TreeMap<>();
    documents
        .values()
        .forEach(document -> {
          if (document instanceof ImageDocument image) {
            images.put(image.reference(), image);
          }
        });
    return images;
  }
}
