package dev.firebuild.worker.queue;

import dev.firebuild.messaging.EventPublisher;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.WorkerEvent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What a worker says of itself: that it has started, once a second what it holds, that it ends. */
final class Presence implements AutoCloseable {
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /** Heartbeats that may wait for a broker that is away: each says the same, as of then. */
  private static final int WAITING = 3;

  private final EventPublisher publisher;
  private final QueueMember member;
  private final String incarnation;
  private final Set<String> held;
  private final InstantSource clock;
  private final AtomicLong said = new AtomicLong();
  private final AtomicInteger waiting = new AtomicInteger();
  private final ScheduledExecutorService heartbeats =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("heartbeat").factory());

  /**
   * @param incarnation of this process
   * @param held instances that it holds, as of each heartbeat
   */
  Presence(
      EventPublisher publisher,
      QueueMember member,
      String incarnation,
      Set<String> held,
      InstantSource clock) {
    this.publisher = publisher;
    this.member = member;
    this.incarnation = incarnation;
    this.held = held;
    this.clock = clock;
  }

  /** Begins the heartbeats. */
  void beat() {
    var _ =
        heartbeats.scheduleAtFixedRate(
            this::heartbeat, 0, HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void heartbeat() {
    if (waiting.get() >= WAITING) {
      return;
    }
    waiting.incrementAndGet();
    var _ =
        publish(new WorkerEvent.Heartbeat(info()))
            .whenComplete((_, _) -> waiting.decrementAndGet());
  }

  /** Says that the host is reconciled and requests are taken. */
  CompletableFuture<?> started() {
    return publish(new WorkerEvent.Started(info()));
  }

  /** Ends the heartbeats and says so. */
  @Override
  public void close() {
    heartbeats.shutdownNow();
    var _ = publish(new WorkerEvent.Stopping(incarnation));
  }

  private WorkerEvent.WorkerInfo info() {
    return new WorkerEvent.WorkerInfo(
        incarnation,
        member.life(),
        member.version(),
        member.host(),
        member.url(),
        member.buildSlots(),
        member.runSlots(),
        List.copyOf(held));
  }

  private CompletableFuture<?> publish(EventData data) {
    long number = said.incrementAndGet();
    return publisher.publish(
        new Event(
            incarnation + "-" + number,
            member.id(),
            member.id(),
            clock.instant(),
            0,
            incarnation,
            number,
            data));
  }
}
