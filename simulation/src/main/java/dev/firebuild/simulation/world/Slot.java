package dev.firebuild.simulation.world;

import dev.firebuild.protocol.event.EventData;
import dev.firebuild.simulation.kafka.ShareGroup;
import dev.firebuild.simulation.kafka.Taker;
import dev.firebuild.simulation.time.Actor;
import dev.firebuild.simulation.time.Timeline;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A slot of a worker, phase by phase as {@code worker.queue.Slot} goes through them. */
abstract class Slot implements Taker {
  private static final long RENEWAL = 5 * Timeline.SECOND;
  private static final long STORED = 30 * Timeline.SECOND;

  private final Worker worker;
  private final ShareGroup group;
  private Optional<Hold> current = Optional.empty();
  private boolean draining;

  Slot(Worker worker, ShareGroup group) {
    this.worker = worker;
    this.group = group;
  }

  @Override
  public final Actor worker() {
    return worker;
  }

  final Worker here() {
    return worker;
  }

  final void open() {
    if (!draining) {
      group.poll(this);
    }
  }

  /** Takes nothing more, and gives back what is at work. */
  final void drain() {
    draining = true;
    current.ifPresent(hold -> hold.giveBack("the worker ends"));
  }

  final Optional<Hold> current() {
    return current;
  }

  @Override
  public final void taken(ShareGroup.Lease lease) {
    if (draining) {
      group.release(lease);
      return;
    }
    String id = lease.request().id();
    Hold hold = worker.hold(id, key(id), lease.request().attempt(), worker.drawInstance());
    current = Optional.of(hold);
    worker.after(worker.chance().millis(0, 3), () -> claim(lease, hold));
  }

  abstract String key(String id);

  abstract EventData claim(ShareGroup.Lease lease);

  /** Does what is granted, and calls {@link #done} in the end. */
  abstract void work(ShareGroup.Lease lease, Hold hold);

  private void claim(ShareGroup.Lease lease, Hold hold) {
    CompletableFuture<Void> claimed = hold.publish(claim(lease));
    var _ =
        hold.granted()
            .thenAccept(granted ->
                worker.after(worker.chance().millis(0, 5), () -> answered(lease, hold, granted)));
    renewLater(lease, hold, claimed);
  }

  private void renewLater(ShareGroup.Lease lease, Hold hold, CompletableFuture<Void> claimed) {
    worker.after(
        RENEWAL,
        () -> {
          if (hold.granted().isDone()) {
            return;
          }
          if (claimed.isCompletedExceptionally()) {
            hold.giveBack("its claim could not be stored");
            group.release(lease);
          } else if (group.renew(lease)) {
            renewLater(lease, hold, claimed);
          } else {
            hold.giveBack("the request was not held any more");
          }
        });
  }

  private void answered(ShareGroup.Lease lease, Hold hold, boolean granted) {
    if (!granted) {
      if (draining) {
        group.release(lease);
      } else {
        group.accept(lease);
      }
      free();
      return;
    }
    worker.started(hold);
    worker.after(worker.chance().latency(), () -> group.accept(lease));
    work(lease, hold);
  }

  /** The work has ended: waits until it is told. */
  final void done(Hold hold) {
    CompletableFuture<Void> freed = new CompletableFuture<>();
    var _ = hold.stored().whenComplete((_, _) -> freed.complete(null));
    worker.after(STORED, () -> freed.complete(null));
    var _ = freed.thenRun(() -> worker.after(worker.chance().millis(0, 50), this::free));
  }

  private void free() {
    current = Optional.empty();
    open();
  }
}
