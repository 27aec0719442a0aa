package dev.firebuild.coordinator.owner;

import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.EventPublisher;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.Tailer;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.decision.BuildDecisions;
import dev.firebuild.protocol.decision.NameDecisions;
import dev.firebuild.protocol.decision.NameDecisions.Holder;
import dev.firebuild.protocol.decision.OwnerEvents;
import dev.firebuild.protocol.decision.VmDecisions;
import dev.firebuild.protocol.document.Assignment;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.document.WorkerDocument;
import dev.firebuild.protocol.event.CoordinatorEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.event.ImageEvent;
import dev.firebuild.protocol.event.WorkerEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the owner must know beyond its own partitions: requests that are queued, workers that live,
 * names that are taken, how far the queue is. Fed by a tailer of its own; everything but the
 * feeding happens on the owner's thread.
 */
final class Cluster implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Cluster.class);
  private static final Set<String> WORKERS =
      Stream.of(
              EventType.WORKER_STARTED,
              EventType.WORKER_HEARTBEAT,
              EventType.WORKER_STOPPING,
              EventType.COORDINATOR_HEARTBEAT)
          .map(EventType::type)
          .collect(Collectors.toSet());
  private static final long JUDGE_NANOS = Duration.ofMillis(200).toNanos();
  private static final long WATCH_NANOS = Duration.ofSeconds(5).toNanos();

  private final Topics topics;
  private final String id;
  private final String incarnation;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final EventPublisher publisher;
  private final QueueWatch watch;
  private final Tailer tailer;
  private final Queue<ConsumerRecord<String, byte[]>> news = new ConcurrentLinkedQueue<>();
  private final Unclaimed unclaimed;
  private final Liveness liveness;
  private final Map<String, NameDocument> names = new HashMap<>();

  /** Of VMs with a name, by their ids. */
  private final Map<String, Holder> holders = new HashMap<>();

  private final Map<String, Long> deleted = new HashMap<>();
  private long lastJudged;
  private long lastWatched;

  Cluster(
      KafkaSettings settings,
      String id,
      String incarnation,
      EventPublisher publisher,
      InstantSource clock,
      LongSupplier nanos) {
    this.topics = settings.topics();
    this.id = id;
    this.incarnation = incarnation;
    this.clock = clock;
    this.nanos = nanos;
    this.publisher = publisher;
    this.unclaimed = new Unclaimed(topics);
    this.liveness = new Liveness(nanos.getAsLong());
    this.lastJudged = nanos.getAsLong();
    this.lastWatched = nanos.getAsLong();
    this.watch = new QueueWatch(settings, id);
    this.tailer =
        Tailer.start(
            settings,
            id + "-cluster",
            List.of(
                Tailer.Subscription.fromBeginning(topics.buildRequests()),
                Tailer.Subscription.fromBeginning(topics.runRequests()),
                Tailer.Subscription.fromBeginning(topics.state()),
                Tailer.Subscription.fromEnd(topics.events())),
            IsolationLevel.READ_COMMITTED,
            this::onRecord);
  }

  private void onRecord(ConsumerRecord<String, byte[]> record) {
    if (!record.topic().equals(topics.events())
        || EventCodec.typeOf(record).filter(WORKERS::contains).isPresent()) {
      news.add(record);
    }
  }

  Instant now() {
    return clock.instant();
  }

  /** Takes in what came since the last turn. */
  void turn() {
    for (ConsumerRecord<String, byte[]> one = news.poll(); one != null; one = news.poll()) {
      try {
        take(one);
      } catch (RuntimeException e) {
        log.atError()
            .addKeyValue("topic", one.topic())
            .addKeyValue("offset", one.offset())
            .setCause(e)
            .log("a record cannot be taken in and is skipped");
      }
    }
    liveness.turn(nanos.getAsLong());
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    if (record.topic().equals(topics.events())) {
      EventCodec.decode(record).ifPresent(this::heard);
    } else if (!record.topic().equals(topics.state())) {
      unclaimed.add(record);
    } else if (record.key() != null && record.value() == null) {
      unclaimed.forgotten(record.key());
      names.remove(record.key());
      holders.remove(record.key());
    } else if (record.key() != null) {
      DocumentCodec.decode(record.key(), record.value())
          .ifPresent(document -> {
            if (document instanceof Work work) {
              told(work);
            } else if (document instanceof NameDocument name) {
              names.put(name.key(), name);
            }
          });
    }
  }

  private void heard(Event event) {
    switch (event.data()) {
      case WorkerEvent.Started(var info) -> liveness.heard(event.subject(), info);
      case WorkerEvent.Heartbeat(var info) -> liveness.heard(event.subject(), info);
      case WorkerEvent.Stopping(String gone) -> liveness.goodbye(event.subject(), gone);
      case CoordinatorEvent.Heartbeat(String mine, String _, String _) -> {
        if (event.subject().equals(id) && mine.equals(incarnation)) {
          liveness.echo(nanos.getAsLong());
        }
      }
      default -> {}
    }
  }

  /** A document of any partition. */
  void told(Work work) {
    unclaimed.told(work);
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

  /** A command can be read before its request, which lies in another topic. */
  Optional<BuildDocument> unclaimedBuild(String subject) {
    return unclaimed
        .build(subject)
        .or(() -> {
          var _ = readToEnd();
          return unclaimed.build(subject);
        });
  }

  /** The same for VMs. */
  Optional<VmDocument> unclaimedVm(String subject) {
    return unclaimed
        .vm(subject)
        .or(() -> {
          var _ = readToEnd();
          return unclaimed.vm(subject);
        });
  }

  /** Takes in everything that is there now; false if that takes too long. */
  boolean readToEnd() {
    boolean read = false;
    try {
      tailer.readToEnd().get(1, TimeUnit.SECONDS);
      read = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.atDebug().addKeyValue("reason", e.toString()).log("not everything is read to the end");
    }
    turn();
    return read;
  }

  /** Decides on everything whose worker may be gone. */
  void judge(Documents documents, Instant now) {
    if (nanos.getAsLong() - lastJudged < JUDGE_NANOS) {
      return;
    }
    lastJudged = nanos.getAsLong();
    for (Work work : documents.live()) {
      work.assignment().flatMap(to -> judge(work, to, now)).ifPresent(next -> put(documents, next));
    }
    for (WorkerDocument worker : documents.workers()) {
      if (worker.state().equals("up")
          && liveness.isLost(worker.id(), worker.info().incarnation())) {
        documents.put(worker.id(), worker.withState("silent", now));
      }
    }
  }

  private Optional<? extends Work> judge(Work work, Assignment to, Instant now) {
    String worker = to.claim().worker();
    return switch (work) {
      case BuildDocument build -> {
        if (build.phase().isSettled()) {
          liveness.forget(to.instance());
          yield Optional.empty();
        }
        yield switch (liveness.judge(worker, to.claim().incarnation(), to.instance(), false)) {
          case HOLDS -> Optional.empty();
          case LOST -> BuildDecisions.workerLost(build, "it is silent", now);
          case SUPERSEDED -> BuildDecisions.workerLost(build, "it was started again", now);
          case NOT_HELD -> BuildDecisions.workerLost(build, "it does not have the build", now);
        };
      }
      case VmDocument vm -> {
        boolean runs = vm.running().isPresent();
        yield switch (liveness.judge(worker, to.claim().incarnation(), to.instance(), runs)) {
          case HOLDS -> VmDecisions.workerHeard(vm);
          case LOST -> VmDecisions.workerLost(vm, "it is silent", now);
          case SUPERSEDED -> VmDecisions.workerLost(vm, "it was started again", now);
          case NOT_HELD -> VmDecisions.notHeld(vm, "it does not have the VM", now);
        };
      }
    };
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
    if (nanos.getAsLong() - lastWatched > WATCH_NANOS) {
      lastWatched = nanos.getAsLong();
      watch.ask();
    }
  }

  private void lose(Documents documents, Work queued, Instant now) {
    Optional<? extends Work> lost =
        switch (queued) {
          case BuildDocument build ->
              BuildDecisions.passed(documents.build(build.id()).orElse(build), now);
          case VmDocument vm -> VmDecisions.passed(documents.vm(vm.id()).orElse(vm), now);
        };
    lost.ifPresent(work -> put(documents, work));
  }

  /** What cannot be stored stays as it is: no owner may fall over it. */
  private void put(Documents documents, Work work) {
    try {
      documents.put(work.id(), work);
      told(work);
    } catch (IllegalArgumentException e) {
      log.atError().addKeyValue("key", work.key()).setCause(e).log("a document cannot be stored");
    }
  }

  /** The document is gone, so no outbox can repeat this; views take the state from documents. */
  void imageRemoved(String reference) {
    Event event =
        new Event(
            id + "-removed-" + nanos.getAsLong(),
            id,
            reference,
            now(),
            0,
            OwnerEvents.INSTANCE,
            1,
            new ImageEvent.Removed(reference));
    var _ = publisher.publish(event);
  }

  @Override
  public void close() {
    tailer.close();
    watch.close();
  }
}
