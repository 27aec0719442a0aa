package dev.firebuild.coordinator.owner;

import dev.firebuild.protocol.decision.NameDecisions;
import dev.firebuild.protocol.decision.NameDecisions.Holder;
import dev.firebuild.protocol.decision.OwnerEvents;
import dev.firebuild.protocol.decision.Rules;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.CoordinatorEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.ImageEvent;
import dev.firebuild.protocol.event.WorkerEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the owner must know beyond its own partitions: requests that are queued, workers that live,
 * names that are taken, how far the queue is. News may come from any thread; everything else
 * happens on the owner's.
 */
public final class Cluster {
  private static final Logger log = LoggerFactory.getLogger(Cluster.class);
  private static final long JUDGE_NANOS = Duration.ofMillis(200).toNanos();
  private static final long WATCH_NANOS = Duration.ofSeconds(5).toNanos();

  /** In a turn; each takes its time, and the owner must not be given up for dead meanwhile. */
  private static final int MOST_TRIES = 3;

  private final Surroundings here;
  private final Rules rules;
  private final Announcer announcer;
  private final QueueWatch watch;
  private final BooleanSupplier reading;
  private final Queue<News> news = new ConcurrentLinkedQueue<>();
  private final Unclaimed unclaimed = new Unclaimed();
  private final Liveness liveness;
  private final Judge judge;
  private final Map<String, NameDocument> names = new HashMap<>();

  /** Of VMs with a name, by their ids. */
  private final Map<String, Holder> holders = new HashMap<>();

  private final Map<String, Long> deleted = new HashMap<>();

  /** So often this turn may still read to the end; once that was done there is no need. */
  private int triesLeft;

  private long lastJudged;
  private long lastWatched;

  /**
   * @param reading waits until all that is there now has become news; false: it took too long
   */
  public Cluster(
      Surroundings here,
      Rules rules,
      Liveness liveness,
      Announcer announcer,
      QueueWatch watch,
      BooleanSupplier reading) {
    this.here = here;
    this.rules = rules;
    this.liveness = liveness;
    this.judge = new Judge(rules, liveness);
    this.announcer = announcer;
    this.watch = watch;
    this.reading = reading;
    this.lastJudged = nanos();
    this.lastWatched = nanos();
  }

  private long nanos() {
    return here.nanos().getAsLong();
  }

  /** Something was said somewhere. */
  public void add(News one) {
    news.add(one);
  }

  Instant now() {
    return here.clock().instant();
  }

  /** Takes in what came since the last turn; the inputs that are decided on next are read. */
  void turn() {
    triesLeft = MOST_TRIES;
    takeNews();
  }

  private void takeNews() {
    for (News one = news.poll(); one != null; one = news.poll()) {
      try {
        take(one);
      } catch (RuntimeException e) {
        log.atError()
            .addKeyValue("news", one.getClass().getSimpleName())
            .setCause(e)
            .log("news cannot be taken in and is skipped");
      }
    }
    liveness.turn(nanos());
  }

  private void take(News one) {
    switch (one) {
      case News.Heard(Event event) -> heard(event);
      case News.Queued request -> unclaimed.add(request);
      case News.Stored(Document document) -> stored(document);
      case News.Forgotten(String key) -> {
        unclaimed.forgotten(key);
        names.remove(key);
        holders.remove(key);
      }
    }
  }

  private void heard(Event event) {
    switch (event.data()) {
      case WorkerEvent.Started(var info) -> liveness.heard(event.subject(), info);
      case WorkerEvent.Heartbeat(var info) -> liveness.heard(event.subject(), info);
      case WorkerEvent.Stopping(String gone) -> liveness.goodbye(event.subject(), gone);
      case CoordinatorEvent.Heartbeat(String mine, String _, String _) -> {
        if (event.subject().equals(here.id()) && mine.equals(here.incarnation())) {
          liveness.echo(nanos());
        }
      }
      default -> {}
    }
  }

  /** A worker claims something. */
  void claimed(Claim claim) {
    liveness.claimed(claim.worker(), claim.incarnation());
  }

  /** A document of any partition. */
  private void stored(Document document) {
    if (document instanceof Work work) {
      unclaimed.told(work);
      named(work);
    } else if (document instanceof NameDocument name) {
      names.put(name.key(), name);
    }
  }

  /**
   * A document of this owner that may not be stored yet, nor ever be: so its request still counts
   * as queued, should all that is not stored be thrown away.
   */
  void named(Work work) {
    if (work instanceof VmDocument vm && vm.request().name().isPresent()) {
      holders.put(vm.key(), NameDecisions.holder(Optional.of(vm)));
    }
  }

  /** The document of {@code name}, as far as it is stored and read. */
  Optional<NameDocument> name(String name) {
    return Optional.ofNullable(names.get(NameDocument.key(name)));
  }

  /** What is known of the VM {@code vm} as the holder of a name. */
  Holder holder(String vm) {
    return holders.getOrDefault(VmDocument.key(vm), Holder.UNSEEN);
  }

  Optional<BuildDocument> unclaimedBuild(String subject) {
    return afterReading(() -> unclaimed.build(subject));
  }

  Optional<VmDocument> unclaimedVm(String subject) {
    return afterReading(() -> unclaimed.vm(subject));
  }

  /** A command can be read before its request, which lies in another topic. */
  private <T> Optional<T> afterReading(Supplier<Optional<T>> known) {
    return known
        .get()
        .or(() -> {
          readAhead();
          return known.get();
        });
  }

  /** Once for all inputs of a turn: what was there before them is there the first time. */
  private void readAhead() {
    if (triesLeft > 0) {
      triesLeft = readToEnd() ? 0 : triesLeft - 1;
    }
  }

  /** Takes in everything that is there now; false if that takes too long. */
  boolean readToEnd() {
    boolean read = reading.getAsBoolean();
    takeNews();
    return read;
  }

  /**
   * Decides on everything whose worker may be gone, once everything there is has been read: what
   * speaks for a worker can lie behind what speaks against it, in another partition.
   */
  void judge(Documents documents, Instant now) {
    if (nanos() - lastJudged < JUDGE_NANOS) {
      return;
    }
    lastJudged = nanos();
    boolean nothing = judge.changed(documents, now).isEmpty() && judge.silent(documents).isEmpty();
    if (nothing || !readToEnd()) {
      return;
    }
    judge.changed(documents, now).forEach(next -> put(documents, next));
    judge
        .silent(documents)
        .forEach(worker -> documents.put(worker.id(), worker.withState("silent", now)));
  }

  /** Decides on requests that the queue has passed, and lets what is behind it be deleted. */
  void passed(Documents documents, Instant now) {
    watch.drain(start -> {
      for (Work work : unclaimed.passed(start.topic(), start.offset())) {
        if (documents.owns(work.id())) {
          lose(documents, work, now);
        }
      }
      long needed = unclaimed.needed(start.topic());
      if (documents.ownsPartition(0) && needed > deleted.getOrDefault(start.topic(), 0L)) {
        deleted.put(start.topic(), needed);
        watch.deleteBefore(start.topic(), needed);
      }
    });
    if (nanos() - lastWatched > WATCH_NANOS) {
      lastWatched = nanos();
      watch.ask();
    }
  }

  private void lose(Documents documents, Work queued, Instant now) {
    Optional<? extends Work> lost =
        switch (queued) {
          case BuildDocument build ->
              rules
                  .builds()
                  .passed(documents.build(build.id()).orElse(build), build.attempt(), now);
          case VmDocument vm ->
              rules.vms().passed(documents.vm(vm.id()).orElse(vm), vm.attempt(), now);
        };
    lost.ifPresent(work -> put(documents, work));
  }

  /** What cannot be stored stays as it is: no owner may fall over it. */
  private void put(Documents documents, Work work) {
    try {
      documents.put(work.id(), work);
      named(work);
    } catch (IllegalArgumentException e) {
      log.atError().addKeyValue("key", work.key()).setCause(e).log("a document cannot be stored");
    }
  }

  /** The document is gone, so no outbox can repeat this; views take the state from documents. */
  void imageRemoved(String reference) {
    Event event =
        new Event(
            here.id() + "-removed-" + nanos(),
            here.id(),
            reference,
            now(),
            0,
            OwnerEvents.INSTANCE,
            1,
            new ImageEvent.Removed(reference));
    var _ = announcer.publish(event);
  }
}
