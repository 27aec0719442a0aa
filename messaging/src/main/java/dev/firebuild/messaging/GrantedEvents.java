package dev.firebuild.messaging;

import dev.firebuild.protocol.decision.SubjectFold;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.event.VmEvent;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link SubjectEvents} that go to Kafka, until the grant is lost. */
public final class GrantedEvents implements SubjectEvents {
  private static final Logger log = LoggerFactory.getLogger(GrantedEvents.class);

  /** A line is at most 5 ms old when it is sent; on a busy host timers are late. */
  private static final long WINDOW_MILLIS = 3;

  /**
   * Room for the events of one life of the worker: sequence numbers go on rising when its next
   * process continues an instance, without anybody remembering the last one.
   */
  private static final long PER_LIFE = 1L << 30;

  private final Object lock = new Object();
  private final EventSpool spool;
  private final InstantSource clock;
  private final String source;
  private final String subject;
  private final int attempt;
  private final String instance;
  private final Optional<String> traceparent;
  private final LogBuffer buffer = new LogBuffer(LogChunk.LIMIT);
  private long seq;
  private Function<LogChunk, EventData> channel = chunk -> new BuildEvent.Log(0, chunk);
  private String channelKey = "";
  private String stream = "";
  private long vmOffset;
  private boolean flushScheduled;
  private boolean revoked;
  private boolean ended;

  /** Output of a build that was left out since the last event. */
  private long leftOut;

  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

  /** Completes when what lies in the buffer is stored. */
  private CompletableFuture<Void> buffered = new CompletableFuture<>();

  /** Completes when all log bytes that were sent are stored; fails if one of them is lost. */
  private CompletableFuture<Void> sent = CompletableFuture.completedFuture(null);

  GrantedEvents(
      EventSpool spool,
      InstantSource clock,
      String source,
      long life,
      String subject,
      int attempt,
      String instance,
      Optional<String> traceparent) {
    this.spool = spool;
    this.clock = clock;
    this.source = source;
    this.subject = subject;
    this.attempt = attempt;
    this.instance = instance;
    this.traceparent = traceparent;
    this.seq = life * PER_LIFE;
  }

  @Override
  public String subject() {
    return subject;
  }

  @Override
  public String instance() {
    return instance;
  }

  /** The grant is lost: whatever is still said is dropped. */
  public void revoke() {
    synchronized (lock) {
      revoked = true;
      buffer.clear();
      buffered.complete(null);
    }
  }

  /** Whether the end of the subject was handed over, or nobody may hear of it any more. */
  public boolean hasEnded() {
    synchronized (lock) {
      return ended || revoked;
    }
  }

  /** Completes when all that was handed over is stored; fails if some of it is lost. */
  public CompletableFuture<Void> stored() {
    synchronized (lock) {
      return last;
    }
  }

  @Override
  public CompletableFuture<Void> publish(EventData data) {
    synchronized (lock) {
      if (revoked) {
        return CompletableFuture.completedFuture(null);
      }
      flush(true);
      ended |= SubjectFold.isTerminal(data);
      CompletableFuture<Void> sent = send(data);
      last = CompletableFuture.allOf(last, sent);
      return sent;
    }
  }

  @Override
  public void buildLog(int step, String stream, byte[] bytes) throws InterruptedException {
    // Waits outside of the lock, so that lifecycle events go past a full buffer.
    boolean room = spool.awaitLogRoom();
    synchronized (lock) {
      if (!room) {
        flush(true);
        leftOut += bytes.length;
        return;
      }
      add("build " + step, stream, bytes, chunk -> new BuildEvent.Log(step, chunk));
    }
  }

  @Override
  public CompletableFuture<Void> vmLog(long offset, String stream, byte[] bytes)
      throws InterruptedException {
    spool.vmLog().awaitRoom();
    synchronized (lock) {
      if (revoked) {
        return CompletableFuture.completedFuture(null);
      }
      if (offset != vmOffset + buffer.size()) {
        flush(true);
        vmOffset = offset;
        // Who begins anew reads again what was lost.
        sent = CompletableFuture.completedFuture(null);
      }
      add("vm", stream, bytes, this::vmChunk);
      return buffer.size() == 0 ? sent : buffered;
    }
  }

  private EventData vmChunk(LogChunk chunk) {
    long offset = vmOffset;
    vmOffset += chunk.bytes().length;
    return new VmEvent.Log(offset, chunk);
  }

  /** The lock is held. */
  private void add(String key, String name, byte[] bytes, Function<LogChunk, EventData> events) {
    if (revoked) {
      return;
    }
    if (!key.equals(channelKey) || !name.equals(stream)) {
      flush(true);
      channelKey = key;
      stream = name;
      channel = events;
    }
    int taken = 0;
    while (taken < bytes.length) {
      taken += buffer.add(bytes, taken);
      if (buffer.isFull()) {
        flush(false);
      }
    }
    scheduleFlush();
  }

  private void scheduleFlush() {
    if (flushScheduled || buffer.size() == 0) {
      return;
    }
    flushScheduled = true;
    try {
      var _ = spool.flusher().schedule(this::flushInTime, WINDOW_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      flush(true);
    }
  }

  private void flushInTime() {
    synchronized (lock) {
      flushScheduled = false;
      if (revoked) {
        return;
      }
      int before = buffer.size();
      flush(false);
      if (buffer.size() == before) {
        flush(true);
      } else {
        scheduleFlush();
      }
    }
  }

  /**
   * Sends the bytes that are there.
   *
   * @param all also the beginning of a character whose rest may still come
   */
  private void flush(boolean all) {
    byte[] bytes = buffer.take(all);
    if (bytes.length == 0) {
      return;
    }
    EventData data = channel.apply(LogChunk.of(stream, bytes));
    // Output of builds the spool counts itself.
    int counted = data instanceof VmEvent.Log ? bytes.length : 0;
    spool.vmLog().take(counted);
    CompletableFuture<Void> chunk =
        send(data).whenComplete((_, _) -> spool.vmLog().giveBack(counted));
    sent = sent.thenCombine(chunk, (_, _) -> null);
    if (buffer.size() == 0) {
      CompletableFuture<Void> whole = buffered;
      buffered = new CompletableFuture<>();
      var _ =
          sent.whenComplete((_, failure) -> {
            if (failure == null) {
              whole.complete(null);
            } else {
              whole.completeExceptionally(failure);
            }
          });
    }
  }

  private CompletableFuture<Void> send(EventData data) {
    if (leftOut > 0) {
      long bytes = leftOut;
      leftOut = 0;
      var _ = send(new BuildEvent.LogTruncated(spool.limitBytes(), Optional.of(bytes)));
    }
    long number = ++seq;
    Event event =
        new Event(
            instance + "-" + number,
            source,
            subject,
            clock.instant(),
            attempt,
            instance,
            number,
            data);
    return spool
        .publish(event, traceparent)
        .whenComplete((_, failure) -> {
          if (failure != null) {
            log.atError()
                .addKeyValue("subject", subject)
                .addKeyValue("type", event.type())
                .setCause(failure)
                .log("an event is lost");
          }
        });
  }
}
