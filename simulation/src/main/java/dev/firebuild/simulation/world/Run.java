package dev.firebuild.simulation.world;

import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.VmEvent;
import java.util.List;
import java.util.Optional;

/** A VM that a worker holds, from its grant until it is removed, as {@code worker.run} does it. */
final class Run {
  private final Worker worker;
  private final Host host;
  private final Hold hold;
  private final boolean removeAtEnd;
  private final String instance;
  private Goal goal = Goal.RUN;
  private Runnable begun = () -> {};
  private Optional<Host.Machine> machine = Optional.empty();
  private boolean starting;
  private boolean ending;
  private boolean awaitsRemoval;
  private boolean over;

  Run(Worker worker, Hold hold, boolean removeAtEnd) {
    this.worker = worker;
    this.host = worker.host();
    this.hold = hold;
    this.removeAtEnd = removeAtEnd;
    this.instance = hold.instance();
  }

  Hold hold() {
    return hold;
  }

  /** Whether nobody here cares for the VM any more. */
  boolean isOver() {
    return over;
  }

  /** Starts the VM; {@code whenBegun} follows when it runs or has ended. */
  void start(Runnable whenBegun) {
    begun = whenBegun;
    starting = true;
    host.records().put(instance, new Host.RunNote(Optional.empty(), Optional.empty()));
    var _ = hold.publish(new VmEvent.Starting(worker.name(), "sha256:0"));
    worker.after(worker.chance().millis(20, 2500), this::boot);
  }

  private void boot() {
    if (hold.isCancelled()) {
      neverRan();
      return;
    }
    Host.Machine started =
        host.boot(
            instance,
            hold.id(),
            worker.chance().oneIn(3)
                ? Optional.empty()
                : Optional.of(worker.chance().millis(500, 60_000)));
    machine = Optional.of(started);
    worker.after(worker.chance().millis(0, 100), () -> ran(started));
  }

  private void neverRan() {
    starting = false;
    end(new VmEvent.Exited(Optional.empty(), "killed"));
  }

  private void ran(Host.Machine started) {
    if (hold.isCancelled()) {
      neverRan();
      return;
    }
    starting = false;
    VmEvent.Running running =
        new VmEvent.Running(worker.name(), worker.name(), "qemu", 1, "10.0.0.2", 24, List.of());
    host.records().put(instance, new Host.RunNote(Optional.of(running), Optional.empty()));
    // between the two a worker can be killed: the record knows more than any document
    worker.after(
        worker.chance().millis(0, 20),
        () -> {
          var _ =
              hold.publish(running)
                  .thenRun(() -> {
                    begin();
                    watch(started);
                  });
        });
  }

  private void begin() {
    Runnable once = begun;
    begun = () -> {};
    once.run();
  }

  private void watch(Host.Machine running) {
    running.watch(
        Optional.of(() -> worker.after(worker.chance().latency(), () -> exited("exited"))));
    if (running.hasExited()) {
      worker.after(worker.chance().latency(), () -> exited("exited"));
    } else if (goal != Goal.RUN) {
      endByWish();
    }
  }

  private void exited(String reason) {
    if (!ending) {
      end(new VmEvent.Exited(Optional.of(0), reason));
    }
  }

  /** More may be wanted of the VM. */
  void desire(VmDocument document) {
    raise(document.desired().goal());
  }

  /** Somebody else may run it now. */
  void lose() {
    raise(Goal.REMOVE);
  }

  private void raise(Goal more) {
    if (more.compareTo(goal) <= 0) {
      return;
    }
    Goal before = goal;
    goal = more;
    if (awaitsRemoval) {
      removeIfWanted();
    } else if (before == Goal.RUN && machine.isPresent() && !starting && !ending) {
      endByWish();
    }
  }

  private void endByWish() {
    var _ = hold.publish(new VmEvent.Stopping("wanted"));
    worker.after(worker.chance().millis(10, 3000), () -> exited("stopped"));
  }

  /** The host is freed before the end is told. */
  private void end(VmEvent event) {
    ending = true;
    Optional<VmEvent> running =
        Optional.ofNullable(host.records().get(instance)).flatMap(Host.RunNote::running);
    host.records().put(instance, new Host.RunNote(running, Optional.of(event)));
    worker.after(
        worker.chance().millis(0, 50),
        () -> {
          host.remove(instance);
          if (running.isEmpty()) {
            host.records().remove(instance);
          }
          tellEnd(event);
        });
  }

  private void tellEnd(VmEvent event) {
    var _ =
        hold.publish(event)
            .thenRun(() -> {
              begin();
              awaitRemoval();
            });
  }

  private void awaitRemoval() {
    awaitsRemoval = true;
    removeIfWanted();
  }

  private void removeIfWanted() {
    if (!over && (removeAtEnd || goal == Goal.REMOVE)) {
      over = true;
      worker.after(
          worker.chance().millis(0, 50),
          () -> {
            host.records().remove(instance);
            host.remove(instance);
            var _ = hold.publish(new VmEvent.Removed()).thenRun(() -> worker.forget(this));
          });
    }
  }

  /** Goes on with a VM that a former life of the worker held. */
  void recover(VmDocument document) {
    Optional<Host.RunNote> record = Optional.ofNullable(host.records().get(instance));
    Optional<Host.Machine> left = Optional.ofNullable(host.machines().get(instance));
    goal = document.desired().goal();
    Optional<VmEvent> ended = record.flatMap(Host.RunNote::ended);
    Optional<VmEvent> running = record.flatMap(Host.RunNote::running);
    if (document.phase().isSettled()) {
      host.remove(instance);
      awaitRemoval();
    } else if (ended.isPresent()) {
      host.remove(instance);
      tellEnd(ended.get());
    } else if (left.isPresent() && running.isPresent()) {
      machine = left;
      if (document.running().isEmpty()) {
        var _ = hold.publish(running.get()).thenRun(() -> watch(left.get()));
      } else {
        watch(left.get());
      }
    } else {
      host.remove(instance);
      tellEnd(new VmEvent.Failed(Failure.of(FailureCode.VMM, "the VM is gone")));
    }
  }
}
