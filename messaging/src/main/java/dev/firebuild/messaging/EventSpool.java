package dev.firebuild.messaging;

import dev.firebuild.messaging.spool.SpoolFile;
import dev.firebuild.messaging.spool.SpooledRecord;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
import org.jspecify.annotations.Nullable;
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

  /** Output of builds on its way while nothing goes to disk; who writes more waits. */
  private static final long LOG_IN_MEMORY = 12 << 20;

  /** The same for VMs, whose guests keep what has no room here. */
  private static final int VM_LOG = 12 << 20;

  /** What a record costs at least: it is remembered here, too. */
  private static final int LEAST = 1 << 10;

  private final Object lock = new Object();
  private final Settings settings;
  private final String topic;
  private final Function<ProducerRecord<String, byte[]>, CompletableFuture<?>> kafka;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final SpoolFile file;
  private final LogBudget vmLog = new LogBudget(VM_LOG);
  private final ScheduledExecutorService flusher =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("event-flush").factory());

  /** All that Kafka has not confirmed, in order. */
  private final Deque<Entry> waiting = new ArrayDeque<>();

  /** Those of them that Kafka's client does not have yet. */
  private final Deque<Entry> unsent = new ArrayDeque<>();

  /** Those of them that lie on disk, and some that are confirmed. */
  private final Deque<Entry> onDisk = new ArrayDeque<>();

  private final CompletableFuture<Void> formerDelivered = new CompletableFuture<>();
  private long waitingBytes;
  private long logBytes;
  private long inHand;
  private boolean spooling;
  private boolean full;
  private boolean broken;
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

  private static final class Entry {
    final CompletableFuture<Void> stored = new CompletableFuture<>();
    final int size;
    final boolean isLog;
    Optional<ProducerRecord<String, byte[]>> record;
    Optional<SpoolFile.Place> place = Optional.empty();
    long since;
    boolean done;

    Entry(Optional<ProducerRecord<String, byte[]>> record, int bytes, boolean isLog, long since) {
      this.record = record;
      this.size = Math.max(LEAST, bytes);
      this.isLog = isLog;
      this.since = since;
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
    EventSpool spool = new EventSpool(settings, topic, kafka, clock, nanoTime, file);
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
      SpoolFile file) {
    this.settings = settings;
    this.topic = topic;
    this.kafka = kafka;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.file = file;
  }

  private void takeOver(List<SpoolFile.Place> former) {
    synchronized (lock) {
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (SpoolFile.Place place : former) {
        Entry entry = new Entry(Optional.empty(), place.length(), false, nanoTime.getAsLong());
        entry.place = Optional.of(place);
        add(entry);
        onDisk.add(entry);
        unsent.add(entry);
        all.add(entry.stored);
      }
      var _ =
          CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
              .whenComplete((_, _) -> formerDelivered.complete(null));
      if (former.isEmpty()) {
        clearDisk();
        return;
      }
      log.atInfo()
          .addKeyValue("events", former.size())
          .log("delivering what the worker's last process could not");
      spooling = true;
      pump();
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
      Entry entry =
          new Entry(
              Optional.of(record),
              record.value().length,
              event.data() instanceof BuildEvent.Log,
              nanoTime.getAsLong());
      add(entry);
      if (spooling) {
        write(entry);
        unsent.add(entry);
        pump();
      } else {
        hand(entry, record);
        scheduleCheck(AWAY);
      }
      return entry.stored;
    }
  }

  /**
   * Waits until there is room for output of a build, as long as Kafka makes room.
   *
   * @return whether there is room; if not, Kafka is away and the output is left out
   */
  boolean awaitLogRoom() throws InterruptedException {
    synchronized (lock) {
      while (!hasLogRoom() && !closed) {
        if (spooling && !hasAnswered(SILENT)) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(lock, AWAY);
      }
      return true;
    }
  }

  private boolean hasLogRoom() {
    if (!spooling || broken) {
      full = false;
      return logBytes < LOG_IN_MEMORY;
    }
    // Once full, some of it must leave first: output shall not be cut into crumbs.
    full = waitingBytes >= (full ? settings.limitBytes() / 4 * 3 : settings.limitBytes());
    return !full;
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

  private void add(Entry entry) {
    waiting.add(entry);
    waitingBytes += entry.size;
    logBytes += entry.isLog ? entry.size : 0;
  }

  private void hand(Entry entry, ProducerRecord<String, byte[]> record) {
    inHand += entry.size;
    entry.since = nanoTime.getAsLong();
    var _ = kafka.apply(record).whenComplete((_, failure) -> settled(entry, failure));
  }

  private void settled(Entry entry, @Nullable Throwable failure) {
    if (Thread.holdsLock(lock)) {
      // It failed at once. Who waits for it must not be called under the lock.
      execute(() -> settled(entry, failure));
      return;
    }
    synchronized (lock) {
      inHand -= entry.size;
      if (failure == null) {
        lastAnswer = Optional.of(nanoTime.getAsLong());
      }
      done(entry);
      pump();
    }
    if (failure == null) {
      entry.stored.complete(null);
    } else {
      entry.stored.completeExceptionally(failure);
    }
  }

  private void execute(Runnable task) {
    try {
      flusher.execute(task);
    } catch (RejectedExecutionException e) {
      var _ = Thread.ofVirtual().start(task);
    }
  }

  private void done(Entry entry) {
    entry.done = true;
    entry.record = Optional.empty();
    waitingBytes -= entry.size;
    logBytes -= entry.isLog ? entry.size : 0;
    while (!waiting.isEmpty() && waiting.getFirst().done) {
      waiting.removeFirst();
    }
    boolean leaves = false;
    while (!onDisk.isEmpty() && onDisk.getFirst().done) {
      onDisk.removeFirst();
      leaves = true;
    }
    if (leaves) {
      clearDisk();
    }
    lock.notifyAll();
  }

  private void clearDisk() {
    try {
      if (onDisk.isEmpty()) {
        file.clear();
      } else {
        file.removeBefore(onDisk.getFirst().place.orElseThrow().segment());
      }
    } catch (IOException e) {
      log.atWarn().setCause(e).log("events that were delivered cannot be removed from the disk");
    }
  }

  /** Gives Kafka's client what lies on disk, and ends the spooling when that is all. */
  private void pump() {
    while (spooling && !closed && !unsent.isEmpty() && inHand < WINDOW) {
      Entry entry = unsent.removeFirst();
      try {
        hand(entry, record(entry));
      } catch (IOException e) {
        PublishException lost = new PublishException("an event cannot be read from the disk", e);
        inHand += entry.size;
        settled(entry, lost);
      }
    }
    boolean answers = waiting.isEmpty() || hasAnswered(AWAY);
    if (spooling && unsent.isEmpty() && answers && !closed) {
      spooling = false;
      broken = false;
      log.atInfo().log("Kafka answers; no event waits on disk any more");
      lock.notifyAll();
      if (!waiting.isEmpty()) {
        scheduleCheck(AWAY);
      }
    }
  }

  private ProducerRecord<String, byte[]> record(Entry entry) throws IOException {
    return entry.record.isPresent()
        ? entry.record.get()
        : SpooledRecord.decode(file.read(entry.place.orElseThrow()));
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
      if (spooling || waiting.isEmpty()) {
        return;
      }
      long age = nanoTime.getAsLong() - waiting.getFirst().since;
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
    waiting.stream().filter(entry -> !entry.done && entry.place.isEmpty()).forEach(this::write);
    lock.notifyAll();
  }

  /** What cannot be written is kept in memory; nothing after it goes to disk, for the order. */
  private void write(Entry entry) {
    if (broken) {
      return;
    }
    try {
      entry.place = Optional.of(file.append(SpooledRecord.encode(entry.record.orElseThrow())));
      onDisk.add(entry);
      entry.record = Optional.empty();
    } catch (IOException e) {
      broken = true;
      log.atWarn()
          .addKeyValue("folder", settings.folder())
          .setCause(e)
          .log("events cannot be kept on disk; they are kept in memory, without output of builds");
    }
  }

  /** Sends what is on its way, for a bounded time; the rest is for the worker's next process. */
  @Override
  public void close() {
    long deadline = System.nanoTime() + CLOSE.toNanos();
    synchronized (lock) {
      try {
        for (long left = CLOSE.toMillis(); !waiting.isEmpty() && left > 0; ) {
          lock.wait(left);
          left = (deadline - System.nanoTime()) / 1_000_000;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (!waiting.isEmpty()) {
        log.atWarn()
            .addKeyValue("events", waiting.size())
            .log("Kafka does not answer; what it has not got is kept for the next process");
        spool();
      }
      closed = true;
      lock.notifyAll();
      try {
        file.close();
      } catch (IOException e) {
        log.atWarn().setCause(e).log("closing the spool failed");
      }
    }
    flusher.shutdown();
  }
}
