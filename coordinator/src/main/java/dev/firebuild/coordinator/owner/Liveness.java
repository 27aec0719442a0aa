package dev.firebuild.coordinator.owner;

import dev.firebuild.protocol.event.WorkerEvent.WorkerInfo;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which workers live. Time is counted only while the coordinator's own heartbeat comes back through
 * the same topic, and at most half a second per turn; when it comes back after a pause, every
 * worker gets its whole time anew, because workers may find the broker later than the coordinator
 * did. So neither a broker that is away nor a frozen coordinator makes a worker look dead. Values
 * in, verdicts out; no clock of its own.
 */
public class Liveness {
  static final Duration SILENCE = Duration.ofSeconds(3);
  private static final long ECHO_NANOS = Duration.ofMillis(1600).toNanos();

  /** When a worker should have spoken again. */
  private static final long DUE_NANOS = Duration.ofMillis(1500).toNanos();

  /** So long it may take a worker to find a broker that was away for a moment. */
  private static final long FINDING_NANOS = Duration.ofMillis(900).toNanos();

  private static final long TURN_NANOS = Duration.ofMillis(500).toNanos();

  /** Between two topic partitions, news of a new incarnation may be this late. */
  private static final long SETTLING_NANOS = Duration.ofMillis(500).toNanos();

  private static final long NEVER = Long.MIN_VALUE;

  private final Map<String, Worker> workers = new HashMap<>();
  private final Map<String, Long> strange = new HashMap<>();
  private final Map<String, Long> missing = new HashMap<>();
  private long counted;
  private long lastTurn;
  private long lastEcho;

  public Liveness(long nanos) {
    this.lastTurn = nanos;
    this.lastEcho = nanos - 2 * ECHO_NANOS;
  }

  /** What is known of the worker that an instance was granted to. */
  public enum Verdict {
    HOLDS,
    /** The worker is silent or has said goodbye. */
    LOST,
    /** Another process has taken the worker's place. */
    SUPERSEDED,
    /** The worker lives and does not know the instance. */
    NOT_HELD
  }

  private static final class Worker {
    String incarnation;
    long life = Long.MIN_VALUE;
    long heard;

    /** When an own heartbeat came back first after this one was due. */
    long firstMissed = NEVER;

    boolean missedTwice;
    boolean spoke;

    /** When its last heartbeat came; a pause in which nobody is heard does not change it. */
    long spokeAt;

    boolean gone;

    /** Incarnations whose place was taken. */
    final Set<String> former = new HashSet<>();

    Set<String> instances = Set.of();

    Worker(String incarnation, long heard) {
      this.incarnation = incarnation;
      this.heard = heard;
    }

    void hear(long counted) {
      heard = counted;
      firstMissed = NEVER;
      missedTwice = false;
    }

    /** The own heartbeat has come back, and none of this worker. */
    void missed(long counted) {
      if (firstMissed == NEVER) {
        firstMissed = counted - heard >= DUE_NANOS ? counted : NEVER;
      } else {
        missedTwice |= counted - firstMissed >= FINDING_NANOS;
      }
    }
  }

  /** Time goes on to {@code nanos} of a monotonic clock. */
  public void turn(long nanos) {
    if (nanos - lastEcho <= ECHO_NANOS) {
      counted += Math.min(nanos - lastTurn, TURN_NANOS);
    }
    lastTurn = nanos;
  }

  /** The own heartbeat has come back at {@code nanos}. */
  public void echo(long nanos) {
    if (nanos - lastEcho > ECHO_NANOS) {
      workers
          .values()
          .forEach(worker -> {
            worker.hear(counted);
            worker.gone = false;
          });
    }
    lastEcho = nanos;
    workers.values().forEach(worker -> worker.missed(counted));
  }

  /**
   * A worker has said that it lives. Of two processes that speak at the same time the one of the
   * later life counts; once that is silent the other one does, so a worker that has lost its disk
   * and with it the number of its life is believed again soon.
   */
  public void heard(String id, WorkerInfo info) {
    Worker worker = workers.computeIfAbsent(id, _ -> new Worker(info.incarnation(), counted));
    if (info.life() < worker.life
        && !info.incarnation().equals(worker.incarnation)
        && !isLost(worker)) {
      worker.former.add(info.incarnation());
      return;
    }
    if (!info.incarnation().equals(worker.incarnation)) {
      worker.former.remove(info.incarnation());
      worker.former.add(worker.incarnation);
      worker.incarnation = info.incarnation();
      worker.gone = false;
    }
    worker.life = info.life();
    worker.hear(counted);
    worker.spoke = true;
    worker.spokeAt = counted;
    List<String> instances = info.instances();
    worker.instances = instances == null ? Set.of() : new TreeSet<>(instances);
  }

  /**
   * A worker has claimed something, so it lives, whatever was not heard of it before: its
   * heartbeats lie in another partition, and may be read later than the claim.
   */
  public void claimed(String id, String incarnation) {
    Worker worker = workers.get(id);
    if (worker != null) {
      worker.hear(counted);
      worker.gone &= worker.incarnation.equals(incarnation);
    }
  }

  /** The worker says that it ends. */
  public void goodbye(String id, String incarnation) {
    Worker worker = workers.get(id);
    if (worker != null && worker.incarnation.equals(incarnation)) {
      worker.gone = true;
    }
  }

  /** Whether the worker is silent or gone; one that was never heard gets its time. */
  public boolean isLost(String id, String incarnation) {
    return isLost(workers.computeIfAbsent(id, _ -> new Worker(incarnation, counted)));
  }

  private boolean isLost(Worker worker) {
    return isListening() && (worker.gone || isSilent(worker));
  }

  /** While the own heartbeat is away nobody is lost, whatever was heard or not heard before. */
  private boolean isListening() {
    return lastTurn - lastEcho <= ECHO_NANOS;
  }

  /**
   * A pause that is too short to be noticed can swallow a heartbeat, or two such pauses: so the own
   * one must have come back twice since the worker should have spoken.
   */
  private boolean isSilent(Worker worker) {
    return counted - worker.heard > SILENCE.toNanos() && worker.missedTwice;
  }

  /**
   * Judges an instance that {@code incarnation} of the worker {@code id} claimed. A later
   * incarnation that names it has taken it over.
   *
   * @param outlivesProcess whether a later incarnation of the worker may hold it too; then it gets
   *     time to name it
   */
  public Verdict judge(String id, String incarnation, String instance, boolean outlivesProcess) {
    if (isLost(id, incarnation)) {
      return Verdict.LOST;
    }
    Worker worker = workers.get(id);
    if (worker == null || !worker.spoke) {
      return Verdict.HOLDS;
    }
    boolean named = worker.instances.contains(instance);
    if (!worker.incarnation.equals(incarnation) && !outlivesProcess && !named) {
      return worker.former.contains(incarnation) || isOutspoken(worker, instance)
          ? Verdict.SUPERSEDED
          : Verdict.HOLDS;
    }
    strange.remove(instance);
    if (!named) {
      // By what it says, not by what it could have said: its heartbeats may be on their way.
      long since = missing.computeIfAbsent(instance, _ -> counted);
      return worker.spokeAt - since > SILENCE.toNanos() ? Verdict.NOT_HELD : Verdict.HOLDS;
    }
    missing.remove(instance);
    return Verdict.HOLDS;
  }

  /** An incarnation that was never heard may be the next one, or one from before our time. */
  private boolean isOutspoken(Worker worker, String instance) {
    long since = strange.computeIfAbsent(instance, _ -> counted);
    return worker.spokeAt - since > SETTLING_NANOS;
  }

  /** The instance is of no interest any more. */
  public void forget(String instance) {
    strange.remove(instance);
    missing.remove(instance);
  }
}
