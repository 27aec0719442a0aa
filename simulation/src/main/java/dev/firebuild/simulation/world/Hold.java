package dev.firebuild.simulation.world;

import dev.firebuild.protocol.decision.ClaimRule;
import dev.firebuild.protocol.decision.SubjectFold;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * An instance in the hands of a worker, and its voice, as {@code worker.queue.Holding} has them.
 */
final class Hold {
  private static final long PER_LIFE = 1L << 30;

  private final Worker worker;
  private final String id;
  private final String key;
  private final int attempt;
  private final String instance;
  private final long since;
  private final CompletableFuture<Boolean> granted = new CompletableFuture<>();
  private Consumer<VmDocument> wishes = _ -> {};
  private Optional<VmDocument> lastWish = Optional.empty();
  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
  private long seq;
  private boolean adopted;
  private boolean endKnown;
  private boolean ended;
  private boolean revoked;
  private boolean over;
  private boolean cancelled;
  private boolean lost;

  Hold(Worker worker, String id, String key, int attempt, String instance) {
    this.worker = worker;
    this.id = id;
    this.key = key;
    this.attempt = attempt;
    this.instance = instance;
    this.since = worker.now();
    this.seq = worker.lives() * PER_LIFE;
  }

  /** Of a VM that a former life of the worker had. */
  void adopt(VmDocument known) {
    adopted = true;
    endKnown = known.phase().isSettled();
    granted.complete(true);
  }

  String id() {
    return id;
  }

  String key() {
    return key;
  }

  int attempt() {
    return attempt;
  }

  String instance() {
    return instance;
  }

  boolean isAdopted() {
    return adopted;
  }

  /** When it began. */
  long since() {
    return since;
  }

  CompletableFuture<Boolean> granted() {
    return granted;
  }

  /** Whether somebody wants the work to end. */
  boolean isCancelled() {
    return cancelled;
  }

  /** Whether nothing that is still said counts. */
  boolean isLost() {
    return lost || revoked;
  }

  boolean hasEnded() {
    return ended || revoked;
  }

  /** Completes when all that was said is stored. */
  CompletableFuture<Void> stored() {
    return last;
  }

  CompletableFuture<Void> publish(EventData data) {
    if (revoked) {
      return CompletableFuture.completedFuture(null);
    }
    ended |= SubjectFold.isTerminal(data);
    seq++;
    if (worker.isTold()) {
      worker.tell(
          "says %s of %s, attempt %d, as %s".formatted(World.brief(data), id, attempt, instance));
    }
    CompletableFuture<Void> sent =
        worker.publish(
            new Event(
                instance + "-" + seq,
                worker.name(),
                id,
                World.instantOf(worker.now()),
                attempt,
                instance,
                seq,
                data));
    last = CompletableFuture.allOf(last, sent);
    return sent;
  }

  void onDocument(Work document) {
    ClaimRule.Instance mine =
        new ClaimRule.Instance(attempt, instance, granted.getNow(false), endKnown, hasEnded());
    switch (worker.rule().answer(document, mine)) {
      case ClaimRule.Answer.Wait() -> {}
      case ClaimRule.Answer.Over(boolean own, String why) -> end(own, why);
      case ClaimRule.Answer.Granted() -> {
        granted.complete(true);
        switch (document) {
          case BuildDocument build -> cancelled |= build.cancelRequested().isPresent();
          case VmDocument vm -> wish(vm);
        }
      }
    }
  }

  private void wish(VmDocument vm) {
    if (vm.desired().goal() != VmDocument.Desired.Goal.RUN) {
      cancelled = true;
      lastWish = Optional.of(vm);
      wishes.accept(vm);
    }
  }

  /** From now on wishes go to {@code engine}, the last one at once. */
  void hearWishes(Consumer<VmDocument> engine) {
    wishes = engine;
    lastWish.ifPresent(engine);
  }

  /** Nothing more is said of it. */
  void giveBack(String why) {
    end(false, why);
  }

  private void end(boolean own, String why) {
    if (over) {
      return;
    }
    over = true;
    if (!own || !hasEnded()) {
      revoked = true;
      if (granted.getNow(false)) {
        if (worker.isTold()) {
          worker.tell("loses the grant of %s as %s: %s".formatted(id, instance, why));
        }
        lost = true;
        cancelled = true;
        worker.lost(this);
      }
    }
    granted.complete(false);
    worker.forget(this);
  }
}
