package dev.firebuild.worker.queue;

import dev.firebuild.messaging.GrantedEvents;
import dev.firebuild.protocol.decision.ClaimRule;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance of this worker and what its document says to it: granted or not, wanted to end,
 * lost. From its claim until its end it is among the instances that the heartbeat names.
 */
final class Holding {
  private static final Logger log = LoggerFactory.getLogger(Holding.class);
  private static final ClaimRule RULE = new ClaimRule();

  private final String key;
  private final int attempt;
  private final GrantedEvents events;
  private final Set<String> held;
  private final Consumer<VmDocument> wishes;
  private final Cancellation cancellation = new Cancellation();
  private final CompletableFuture<Boolean> granted = new CompletableFuture<>();
  private final Object lock = new Object();
  private Optional<AutoCloseable> watch = Optional.empty();
  private Optional<VmDocument> lastWish = Optional.empty();
  private boolean hearsWishes;
  private boolean over;

  /** What does not grant the claim. */
  private Optional<Work> refusal = Optional.empty();

  /** Whether the document told the end already when this process began to hold the instance. */
  private boolean endKnown;

  /**
   * @param held the instances of the heartbeat
   * @param wishes what hears of a VM that shall be something else
   */
  Holding(
      String key,
      int attempt,
      GrantedEvents events,
      Set<String> held,
      Consumer<VmDocument> wishes) {
    this.key = key;
    this.attempt = attempt;
    this.events = events;
    this.held = held;
    this.wishes = wishes;
  }

  /** Begins to be held and to hear of its document, of the present one too. */
  void begin(DocumentsView view) {
    held.add(events.instance());
    synchronized (lock) {
      watch = Optional.of(view.watch(key, this::onDocument));
    }
    view.work(key).ifPresent(this::onDocument);
  }

  /**
   * Begins to be held again after a restart of the worker; its claim was granted long ago.
   *
   * @param known what its document says
   */
  void adopt(DocumentsView view, VmDocument known) {
    endKnown = known.phase().isSettled();
    granted.complete(true);
    begin(view);
  }

  GrantedEvents events() {
    return events;
  }

  Cancellation cancellation() {
    return cancellation;
  }

  /** Whether the claim is granted, as soon as a document tells. */
  CompletableFuture<Boolean> granted() {
    return granted;
  }

  /** The document because of which the claim is not granted, if it is one. */
  Optional<Work> refusal() {
    synchronized (lock) {
      return refusal;
    }
  }

  private void onDocument(Work document) {
    ClaimRule.Instance instance =
        new ClaimRule.Instance(
            attempt, events.instance(), granted.getNow(false), endKnown, events.hasEnded());
    switch (RULE.answer(document, instance)) {
      case ClaimRule.Answer.Wait() -> {}
      case ClaimRule.Answer.Over(boolean own, String why) -> {
        synchronized (lock) {
          if (!over && !granted.getNow(false)) {
            refusal = Optional.of(document);
          }
        }
        end(own, why);
      }
      case ClaimRule.Answer.Granted() -> {
        grant();
        switch (document) {
          case BuildDocument build ->
              build
                  .cancelRequested()
                  .ifPresent(reason -> cancellation.cancel(new CancelReason.Requested(reason)));
          case VmDocument vm -> onVm(vm);
        }
      }
    }
  }

  /** A grant that comes after the end is none: whoever waits for it was told so. */
  private void grant() {
    synchronized (lock) {
      if (!over) {
        granted.complete(true);
      }
    }
  }

  private void onVm(VmDocument vm) {
    if (vm.desired().goal() == VmDocument.Desired.Goal.RUN) {
      return;
    }
    synchronized (lock) {
      lastWish = Optional.of(vm);
      if (!hearsWishes) {
        cancellation.cancel(
            new CancelReason.Requested(
                vm.desired().goal().toString().toLowerCase(java.util.Locale.ROOT)));
        return;
      }
    }
    Thread.startVirtualThread(() -> wishes.accept(vm));
  }

  /** From now on wishes go to the engine, the last one at once. */
  void hearWishes() {
    Optional<VmDocument> due;
    synchronized (lock) {
      hearsWishes = true;
      due = lastWish;
    }
    due.ifPresent(vm -> Thread.startVirtualThread(() -> wishes.accept(vm)));
  }

  /** The grant is given back: nothing more is said of it. */
  void giveBack(String why) {
    end(false, why);
  }

  private void end(boolean own, String why) {
    boolean wasGranted;
    synchronized (lock) {
      if (over) {
        return;
      }
      over = true;
      wasGranted = granted.getNow(false);
    }
    // An end that this instance has told itself is no loss.
    if (!own || !events.hasEnded()) {
      events.revoke();
      if (wasGranted) {
        log.atInfo().addKeyValue("key", key).addKeyValue("why", why).log("a grant is lost");
        cancellation.cancel(new CancelReason.LostGrant(why));
      }
    }
    granted.complete(false);
    forget();
  }

  /** The heartbeat names the instance no more. */
  void forget() {
    held.remove(events.instance());
    synchronized (lock) {
      watch.ifPresent(open -> {
        try {
          open.close();
        } catch (Exception e) {
          throw new IllegalStateException("taking a watcher away cannot fail", e);
        }
      });
      watch = Optional.empty();
    }
  }
}
