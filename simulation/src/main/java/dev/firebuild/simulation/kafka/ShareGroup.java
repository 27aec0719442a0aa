package dev.firebuild.simulation.kafka;

import dev.firebuild.simulation.time.Chance;
import dev.firebuild.simulation.time.History;
import dev.firebuild.simulation.time.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A share group on one partition, with all that was measured: delivery counts that say too much,
 * stale copies, acknowledgements of lost locks that succeed, records that come again after a
 * restart of the broker, records that are dropped in silence at the limit.
 */
public final class ShareGroup {
  private static final long LOCK = 15 * Timeline.SECOND;

  private final Log<Request> log;
  private final Timeline time;
  private final Chance chance;
  private final History history;
  private final int limit;

  /** One hand-out of so many comes out again, later. */
  private final int staleRate;

  private final List<Delivery> deliveries = new ArrayList<>();
  private final List<Taker> idle = new ArrayList<>();
  private boolean up = true;
  private int start;
  private int handedOut;
  private boolean due;

  private enum State {
    AVAILABLE,
    ACQUIRED,
    DONE
  }

  private static final class Delivery {
    private State state = State.AVAILABLE;
    private Optional<Lease> holder = Optional.empty();
    private long lockedUntil;
    private int count;
    private boolean archived;
  }

  /**
   * A request in somebody's hands.
   *
   * @param number of the hand-out
   * @param count of deliveries, as the record says
   */
  public record Lease(int number, long offset, Request request, Taker taker, int count) {}

  ShareGroup(Log<Request> log, Timeline time, Chance chance, History history, int limit) {
    this.log = log;
    this.time = time;
    this.chance = chance;
    this.history = history;
    this.limit = limit;
    this.staleRate = chance.between(2, 24);
  }

  /** Everything before it is behind the group. */
  public long start() {
    return start;
  }

  /** Whether nothing is to be handed out or in anybody's hands. */
  public boolean isEmpty() {
    return start == log.end();
  }

  /** Whether the record was dropped without having been accepted. */
  public boolean wasArchived(long offset) {
    return deliveries.get((int) offset).archived;
  }

  void appended() {
    deliveries.add(new Delivery());
    handOut();
  }

  /** {@code taker} waits for a request. */
  public void poll(Taker taker) {
    idle.add(taker);
    handOut();
  }

  private void handOut() {
    for (int i = start; up && i < deliveries.size() && !idle.isEmpty(); i++) {
      if (deliveries.get(i).state == State.AVAILABLE && !chance.oneIn(8)) {
        handOut(i);
      }
    }
    if (!due && up && !idle.isEmpty() && hasAvailable()) {
      due = true;
      time.after(
          chance.millis(1, 200),
          () -> {
            due = false;
            handOut();
          });
    }
  }

  private boolean hasAvailable() {
    return deliveries.stream().skip(start).anyMatch(one -> one.state == State.AVAILABLE);
  }

  private void handOut(int offset) {
    Delivery delivery = deliveries.get(offset);
    delivery.count++;
    delivery.state = State.ACQUIRED;
    Lease lease = give(offset, delivery.count, false);
    delivery.holder = Optional.of(lease);
    lock(delivery, lease);
    if (chance.oneIn(staleRate)) {
      time.after(chance.millis(20, 12_000), () -> giveStale(offset));
    }
  }

  private Lease give(int offset, int count, boolean stale) {
    Taker taker = idle.remove(chance.between(0, idle.size() - 1));
    Lease lease = new Lease(++handedOut, offset, log.get(offset).value(), taker, count);
    if (history.wanted()) {
      history.add(
          "broker",
          "hands %s@%d (%s, attempt %d)%s to %s"
              .formatted(
                  log.name(),
                  offset,
                  lease.request().id(),
                  lease.request().attempt(),
                  stale ? ", a stale copy," : "",
                  taker.worker().name()));
    }
    taker.worker().after(chance.latency(), () -> taker.taken(lease));
    return lease;
  }

  private void giveStale(int offset) {
    if (up && !idle.isEmpty() && offset >= log.start()) {
      give(offset, 1, true);
    }
  }

  private void lock(Delivery delivery, Lease lease) {
    delivery.lockedUntil = time.now() + LOCK;
    time.after(LOCK + 1, () -> expire(delivery, lease));
  }

  private void expire(Delivery delivery, Lease lease) {
    if (holds(delivery, lease) && time.now() > delivery.lockedUntil) {
      if (up) {
        putBack(delivery);
      } else {
        time.after(LOCK, () -> expire(delivery, lease));
      }
    }
  }

  private static boolean holds(Delivery delivery, Lease lease) {
    return delivery.state == State.ACQUIRED
        && delivery.holder.filter(h -> h.equals(lease)).isPresent();
  }

  private void putBack(Delivery delivery) {
    delivery.holder = Optional.empty();
    delivery.state = State.AVAILABLE;
    if (delivery.count >= limit) {
      delivery.state = State.DONE;
      delivery.archived = true;
      if (history.wanted()) {
        history.add("broker", "drops a request of %s in silence".formatted(log.name()));
      }
      advance();
    }
    handOut();
  }

  private void advance() {
    while (start < deliveries.size() && deliveries.get(start).state == State.DONE) {
      start++;
    }
  }

  /** Keeps the request; false: it is not held any more. */
  public boolean renew(Lease lease) {
    Delivery delivery = deliveries.get((int) lease.offset());
    if (!up || !holds(delivery, lease)) {
      return false;
    }
    lock(delivery, lease);
    return true;
  }

  /** The request is done with. That of somebody who lost it may be believed. */
  public void accept(Lease lease) {
    Delivery delivery = deliveries.get((int) lease.offset());
    if (up && delivery.state != State.DONE && (holds(delivery, lease) || chance.oneIn(2))) {
      delivery.state = State.DONE;
      delivery.holder = Optional.empty();
      if (history.wanted()) {
        history.add("broker", "has %s@%d accepted".formatted(log.name(), lease.offset()));
      }
      advance();
    }
  }

  /** The request goes back. */
  public void release(Lease lease) {
    Delivery delivery = deliveries.get((int) lease.offset());
    if (up && holds(delivery, lease)) {
      putBack(delivery);
    }
  }

  /** The consumers of a worker end: it gets nothing more. */
  public void close(String worker) {
    idle.removeIf(taker -> taker.worker().name().equals(worker));
  }

  /** A worker is gone: what it has comes back when the broker sees it, or when its lock ends. */
  public void gone(String worker) {
    close(worker);
    for (Delivery delivery : deliveries) {
      Optional<Lease> theirs =
          delivery.holder.filter(lease -> lease.taker().worker().name().equals(worker));
      if (theirs.isPresent() && chance.oneIn(2)) {
        time.after(
            chance.millis(40, 600),
            () -> {
              if (up && holds(delivery, theirs.get())) {
                putBack(delivery);
              }
            });
      }
    }
  }

  void brokerDown() {
    up = false;
  }

  void brokerRestarted() {
    up = true;
    for (int i = (int) log.start(); i < deliveries.size(); i++) {
      Delivery delivery = deliveries.get(i);
      boolean again =
          delivery.state == State.ACQUIRED || (delivery.state == State.DONE && chance.oneIn(6));
      if (again && !delivery.archived) {
        delivery.holder = Optional.empty();
        delivery.state = State.AVAILABLE;
        delivery.count = chance.between(0, delivery.count);
        start = Math.min(start, i);
      }
    }
    handOut();
  }
}
