package dev.firebuild.messaging;

import dev.firebuild.messaging.spool.SpoolFile;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker says of its builds and VMs, on its way to Kafka, in the order of the calls. While
 * Kafka answers, events go straight through. When it does not for a second, all that it has not
 * confirmed is written to disk, and what follows too: so the disk always has a beginning of what
 * Kafka has not, never a part from the middle. It is delivered when Kafka is back, by the next
 * process of the worker if this one was killed meanwhile.
 *
 * <p>No call blocks but {@link #awaitLogRoom}, and that not for long: beyond the limit of the disk,
 * output of builds is refused. What else happens to a build is always kept.
 */
public final class EventSpool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventSpool.class);

  /** So long Kafka may confirm nothing before it counts as away. */
  private static final long AWAY = Duration.ofSeconds(1).toNanos();

  /** So long it may be silent before output that has no room is left out. */
  private static final long SILENT = Duration.ofSeconds(5).toNanos();

  private static final Duration CLOSE = Duration.ofSeconds(5);

  /** Bytes that Kafka's client has in its hands, of those that lie on disk. */
  private static final long WINDOW = 8 << 20;

  /** The same for VMs, whose guests keep what has no room here. */
  private static final int VM_LOG = 12 << 20;

  private final Object lock = new Object();
  private final Settings settings;
  private final String topic;
  private final Function<ProducerRecord<String, byte[]>, CompletableFuture<?>> kafka;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Backlog backlog;
  private final LogRoom logRoom;
  private final LogBudget vmLog = new LogBudget(VM_LOG);
  private final ScheduledExecutorService flusher =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("event-flush").factory());

  private final CompletableFuture<Void> formerDelivered = new CompletableFuture<>();
  private boolean spooling;
  private boolean checking;
  private Optional<Long> lastAnswer = Optional.empty();
  private boolean closed;

  /**
   * Where events wait.
   *
   * @param folder of this worker alone
   * @param limitBytes with more on disk, output of builds is left out
   */
  public record Settings(Path folder, long limitBytes) {
    public static final long DEFAULT_LIMIT = 256L << 20;
    private static final int SEGMENTS = 16;

    public Settings {
      if (limitBytes < 1 << 20) {
        throw new IllegalArgumentException(
            "the spool of events: expected at least 1 MiB (found %d bytes)".formatted(limitBytes));
      }
    }

    int segmentBytes() {
      return (int) Math.min(limitBytes / SEGMENTS, 16 << 20);
    }
  }

  /**
   * Opens the spool and begins to deliver what a former process has left in it. Kafka answers.
   *
   * @param topic of the events
   * @param kafka sends a record; what it is given is delivered in order, or fails for good
   */
  static EventSpool open(
      Settings settings,
      String topic,
      Function<ProducerRecord<String, byte[]>, CompletableFuture<?>> kafka,
      InstantSource clock,
      LongSupplier nanoTime)
      throws IOException {
    FormerEvents former = new FormerEvents(topic);
    if (FormerEvents.areTooOld(settings.folder(), clock)) {
      log.atWarn()
          .addKeyValue("folder", settings.folder())
          .log("events that wait since long are dropped: others have done their builds since");
      try (SpoolFile old =
          SpoolFile.open(settings.folder(), settings.segmentBytes(), (_, _) -> {})) {
        old.clear();
      }
    }
    SpoolFile file = SpoolFile.open(settings.folder(), settings.segmentBytes(), former);
    EventSpool spool = new EventSpool(settings, topic, kafka, clock, nanoTime, new Backlog(file));
    spool.takeOver(former.places());
    return spool;
  }

  /** The same for a worker's events, which leave through {@code publisher}. */
  public static EventSpool open(
      Settings settings, KafkaSettings kafka, EventPublisher publisher, InstantSource clock)
      throws IOException {
    return open(settings, kafka.topics().events(), publisher::send, clock, System::nanoTime);
  }

  private EventSpool(
      Settings settings,
      String topic,
      Function<ProducerRecord<String, byte[]>, CompletableFuture<?>> kafka,
      InstantSource clock,
      LongSupplier nanoTime,
      Backlog backlog) {
    this.settings = settings;
    this.topic = topic;
    this.kafka = kafka;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.backlog = backlog;
    this.logRoom = new LogRoom(backlog, settings.limitBytes());
  }

  private void takeOver(List<SpoolFile.Place> places) {
    synchronized (lock) {
      List<Backlog.Entry> former = backlog.takeOver(places);
      var _ =
          CompletableFuture.allOf(
                  former.stream().map(Backlog.Entry::stored).toArray(CompletableFuture[]::new))
              .whenComplete((_, _) -> formerDelivered.complete(null));
      if (!former.isEmpty()) {
        log.atInfo()
            .addKeyValue("events", former.size())
            .log("delivering what the worker's last process could not");
        spooling = true;
        pump();
      }
    }
  }

  /** Completes when all is delivered that a former process has left. */
  public CompletableFuture<Void> formerDelivered() {
    return formerDelivered;
  }

  /**
   * What an instance says of its subject.
   *
   * @param source id of the worker
   * @param life of the worker's process: what a later life says has higher numbers
   * @param traceparent of the request, handed on to its events
   */
  public GrantedEvents subject(
      String source,
      long life,
      String subject,
      int attempt,
      String instance,
      Optional<String> traceparent) {
    return new GrantedEvents(this, clock, source, life, subject, attempt, instance, traceparent);
  }

  /** Completes when the event is stored; fails with a {@link PublishException}. */
  CompletableFuture<Void> publish(Event event, Optional<String> traceparent) {
    ProducerRecord<String, byte[]> record = EventCodec.encode(topic, event, traceparent);
    synchronized (lock) {
      if (closed) {
        return CompletableFuture.failedFuture(
            new PublishException("cannot send to %s: the worker ends".formatted(topic)));
      }
      Backlog.Entry entry = backlog.add(record, event.data() instanceof BuildEvent.Log);
      if (spooling) {
        backlog.spool(entry);
      } else {
        scheduleCheck(AWAY);
      }
      pump();
      return entry.stored();
    }
  }

  /**
   * Waits until there is room for output of a build, as long as Kafka makes room.
   *
   * @return whether there is room; if not, Kafka is away and the output is left out
   */
  boolean awaitLogRoom() throws InterruptedException {
    synchronized (lock) {
      while (!logRoom.isThere(spooling) && !closed) {
        if (spooling && !hasAnswered(SILENT)) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(lock, AWAY);
      }
      return true;
    }
  }

  /** Whether Kafka has confirmed something in the last {@code nanos}. */
  private boolean hasAnswered(long nanos) {
    return lastAnswer.filter(at -> nanoTime.getAsLong() - at < nanos).isPresent();
  }

  /** Whether Kafka counts as away, or has not yet got all that was said while it was. */
  boolean isSpooling() {
    synchronized (lock) {
      return spooling;
    }
  }

  /** Bytes that may wait. */
  long limitBytes() {
    return settings.limitBytes();
  }

  LogBudget vmLog() {
    return vmLog;
  }

  ScheduledExecutorService flusher() {
    return flusher;
  }

  private void hand(Backlog.Entry entry) {
    try {
      var _ =
          kafka
              .apply(backlog.record(entry))
              .whenComplete((_, failure) -> settled(entry, Optional.ofNullable(failure)));
    } catch (IOException e) {
      settled(entry, Optional.of(new PublishException("an event cannot be read from the disk", e)));
    }
  }

  private void settled(Backlog.Entry entry, Optional<Throwable> failure) {
    if (Thread.holdsLock(lock)) {
      // It failed at once. Who waits for it must not be called under the lock.
      execute(() -> settled(entry, failure));
      return;
    }
    synchronized (lock) {
      if (failure.isEmpty()) {
        lastAnswer = Optional.of(nanoTime.getAsLong());
      }
      backlog.settle(entry);
      pump();
      lock.notifyAll();
    }
    failure.ifPresentOrElse(
        entry.stored()::completeExceptionally, () -> entry.stored().complete(null));
  }

  private void execute(Runnable task) {
    try {
      flusher.execute(task);
    } catch (RejectedExecutionException e) {
      var _ = Thread.ofVirtual().start(task);
    }
  }

  /**
   * Gives Kafka's client what it does not have: all, or as much as it may have while the rest lies
   * on disk. Ends the spooling when there is no rest and Kafka answers.
   */
  private void pump() {
    while (!closed && backlog.hasUnsent() && !(spooling && backlog.inHand() >= WINDOW)) {
      hand(backlog.next(nanoTime.getAsLong()));
    }
    boolean answers = backlog.isEmpty() || hasAnswered(AWAY);
    if (spooling && !backlog.hasUnsent() && answers && !closed) {
      spooling = false;
      backlog.trustDisk();
      log.atInfo().log("Kafka answers; no event waits on disk any more");
      lock.notifyAll();
      if (!backlog.isEmpty()) {
        scheduleCheck(AWAY);
      }
    }
  }

  private void scheduleCheck(long nanos) {
    if (!checking && !closed) {
      checking = true;
      var _ = flusher.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void check() {
    synchronized (lock) {
      checking = false;
      if (spooling || backlog.isEmpty()) {
        return;
      }
      long age = nanoTime.getAsLong() - backlog.oldestHandedAt();
      if (age < AWAY || hasAnswered(AWAY)) {
        scheduleCheck(Math.max(AWAY / 4, AWAY - age));
        return;
      }
      log.atWarn()
          .addKeyValue("folder", settings.folder())
          .log("Kafka does not answer; events are kept on disk until it does");
      spool();
    }
  }

  private void spool() {
    spooling = true;
    backlog.spool();
    lock.notifyAll();
  }

  /** Sends what is on its way, for a bounded time; the rest is for the worker's next process. */
  @Override
  public void close() {
    long deadline = System.nanoTime() + CLOSE.toNanos();
    synchronized (lock) {
      try {
        for (long left = CLOSE.toMillis(); !backlog.isEmpty() && left > 0; ) {
          lock.wait(left);
          left = (deadline - System.nanoTime()) / 1_000_000;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (!backlog.isEmpty()) {
        log.atWarn()
            .addKeyValue("events", backlog.count())
            .log("Kafka does not answer; what it has not got is kept for the next process");
        spool();
      }
      closed = true;
      lock.notifyAll();
      backlog.close();
    }
    flusher.shutdown();
  }
}
