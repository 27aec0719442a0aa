package dev.firebuild.worker.queue;

import dev.firebuild.messaging.EventPublisher;
import dev.firebuild.messaging.EventSpool;
import dev.firebuild.messaging.GrantedEvents;
import dev.firebuild.messaging.HandOutConsumer;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.messaging.TopicAdmin;
import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.document.Assignment;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.Claim;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's side of the queue: heartbeats, documents, slots. The engines are given to {@link
 * #start}; they can look things up before. Started after {@link TopicAdmin#ensure}.
 */
public final class WorkerQueue implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerQueue.class);
  private static final Duration STORED = Duration.ofSeconds(30);
  private static final Duration GIVE_BACK = Duration.ofSeconds(20);

  /** As long as Kafka's client can: what waits for a broker is bounded elsewhere. */
  private static final Duration PATIENCE = Duration.ofMillis(Integer.MAX_VALUE);

  /** So long the owners wait for the first heartbeat while older events are delivered. */
  private static final Duration FORMER = Duration.ofSeconds(10);

  private final KafkaSettings settings;
  private final QueueMember member;
  private final RandomGenerator random;
  private final String incarnation;
  private final EventPublisher publisher;
  private final EventSpool spool;
  private final Presence presence;
  private final DocumentsView documents;
  private final Set<String> held = ConcurrentHashMap.newKeySet();
  private final List<Slot> slots = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /**
   * Opens the clients and delivers what the last process could not; nothing is taken yet.
   *
   * @param events where what is said of builds and VMs waits for Kafka
   * @param random a secure one: instance ids name what is on the host
   */
  public WorkerQueue(
      Vertx vertx,
      KafkaSettings settings,
      QueueMember member,
      EventSpool.Settings events,
      InstantSource clock,
      RandomGenerator random)
      throws IOException {
    this.settings = settings;
    this.member = member;
    this.random = random;
    this.incarnation = Ids.draw(random);
    this.publisher = EventPublisher.create(vertx, settings, member.id() + "-events", PATIENCE);
    try {
      this.spool = EventSpool.open(events, settings, publisher, clock);
    } catch (IOException e) {
      publisher.close();
      throw e;
    }
    this.presence = new Presence(publisher, member, incarnation, held, clock);
    this.documents = new DocumentsView(settings, member.id());
  }

  /** What references and kernels mean. */
  public Lookups lookups() {
    return documents;
  }

  /**
   * Reconciles the host with the documents, then opens the slots.
   *
   * @throws IllegalStateException if the documents cannot be read or the start cannot be told
   */
  public void start(BuildExecutor builds, RunExecutor runs) throws InterruptedException {
    start(builds, runs, Optional::empty);
  }

  /**
   * The same.
   *
   * @param refusal why nothing new may be taken now, if that is so; asked before each request
   */
  public void start(BuildExecutor builds, RunExecutor runs, Supplier<Optional<String>> refusal)
      throws InterruptedException {
    await(documents.caughtUp(), "read the documents");
    List<Holding> holdings = new ArrayList<>();
    List<HeldVm> vms = new ArrayList<>();
    for (VmDocument vm : documents.vmsOf(member.id())) {
      vm.assignment()
          .filter(_ -> isHeld(vm, runs))
          .ifPresent(to -> {
            Holding holding = holding(vm, to, runs);
            holdings.add(holding);
            vms.add(new HeldVm(vm, holding.events(), holding.cancellation()));
          });
    }
    // Before the first heartbeat, which makes void what the last process had.
    awaitFormerEvents();
    // The own voice first: the owner learns at once that what the last process had is void.
    presence.beat();
    runs.reconcile(vms);
    holdings.forEach(Holding::hearWishes);
    await(presence.started(), "say that the worker has started");
    open(member.buildSlots(), "build", new Trade.Builds(builds), refusal);
    open(member.runSlots(), "run", new Trade.Runs(runs), refusal);
    log.atInfo()
        .addKeyValue("worker", member.id())
        .addKeyValue("build-slots", member.buildSlots())
        .addKeyValue("run-slots", member.runSlots())
        .log("the worker is open");
  }

  /**
   * What did not run when the last process ended is void: no heartbeat names it, and the owner has
   * it tried again. But it can have begun to run before any document says so.
   */
  private static boolean isHeld(VmDocument vm, RunExecutor runs) {
    return switch (vm.phase()) {
      case RUNNING, STOPPING, EXITED, FAILED -> true;
      case ASSIGNED, STARTING -> runs.outlived(vm);
      case QUEUED, REMOVED -> false;
    };
  }

  private Holding holding(VmDocument vm, Assignment to, RunExecutor runs) {
    GrantedEvents events =
        spool.subject(
            member.id(), member.life(), vm.id(), vm.attempt(), to.instance(), Optional.empty());
    Holding holding = new Holding(vm.key(), vm.attempt(), events, held, runs::desiredChanged);
    holding.adopt(documents, vm);
    return holding;
  }

  private void open(int count, String name, Trade trade, Supplier<Optional<String>> refusal) {
    Topics topics = settings.topics();
    boolean builds = trade instanceof Trade.Builds;
    for (int i = 0; i < count; i++) {
      String slotName = member.id() + "-" + name + "-" + i;
      HandOutConsumer queue =
          new HandOutConsumer(
              settings,
              builds ? topics.buildRequests() : topics.runRequests(),
              builds ? topics.builders() : topics.runners(),
              slotName);
      Slot slot =
          new Slot(
              trade,
              queue,
              new Burials(publisher, topics.deadLetters()),
              hold(trade),
              claims(),
              refusal);
      slots.add(slot);
      threads.add(Thread.ofVirtual().name(slotName).start(slot));
    }
  }

  private Slot.Hold hold(Trade trade) {
    return (id, key, attempt, instance, traceparent) -> {
      GrantedEvents events =
          spool.subject(member.id(), member.life(), id, attempt, instance, traceparent);
      Holding holding =
          new Holding(
              key,
              attempt,
              events,
              held,
              vm -> {
                if (trade instanceof Trade.Runs(RunExecutor runs)) {
                  runs.desiredChanged(vm);
                }
              });
      holding.begin(documents);
      return holding;
    };
  }

  private Slot.Claims claims() {
    return new Slot.Claims() {
      @Override
      public Claim claim(ConsumerRecord<String, byte[]> record) {
        return new Claim(
            record.topic(),
            record.partition(),
            record.offset(),
            member.id(),
            incarnation,
            RequestCodec.traceparentOf(record),
            Optional.of(Instant.ofEpochMilli(record.timestamp())));
      }

      @Override
      public String drawInstance() {
        return Ids.draw(random);
      }
    };
  }

  private void awaitFormerEvents() throws InterruptedException {
    try {
      spool.formerDelivered().get(FORMER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.atWarn().log("delivering the events of the last process takes long; going on beside it");
    } catch (ExecutionException e) {
      throw new IllegalStateException("nothing completes the delivery with a failure", e);
    }
  }

  private static void await(CompletableFuture<?> future, String what) throws InterruptedException {
    try {
      future.get(STORED.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "the worker cannot %s: %s; is Kafka reachable?".formatted(what, e), e);
    }
  }

  /**
   * Takes nothing more and waits until what is at work has ended.
   *
   * @return whether all of it has
   */
  public boolean drain(Duration patience) throws InterruptedException {
    slots.forEach(Slot::drain);
    long deadline = System.nanoTime() + patience.toNanos();
    boolean all = true;
    for (Thread thread : threads) {
      all &= thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    }
    return all;
  }

  /** Ends: what is at work is given back and goes on elsewhere; VMs run on. */
  @Override
  public void close() {
    slots.forEach(Slot::drain);
    slots.forEach(Slot::giveBack);
    try {
      if (!drain(GIVE_BACK)) {
        log.atWarn().log("some work did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    presence.close();
    spool.close();
    publisher.close();
    documents.close();
  }
}
