package dev.firebuild.worker.run;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.VmDocument.Desired;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.worker.host.HostFailure;
import dev.firebuild.worker.queue.CancelReason;
import dev.firebuild.worker.queue.RunGrant;
import dev.firebuild.worker.vm.Machine;
import dev.firebuild.worker.vm.StartInterrupt;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One VM that this worker holds, from its grant until it is removed, on a virtual thread of its
 * own. A worker that ends interrupts that thread: the VM stays as it is, for the next one.
 */
final class HeldRun {
  private static final Logger log = LoggerFactory.getLogger(HeldRun.class);

  private final RunContext context;
  private final String vm;
  private final String instance;
  private final boolean removeAtEnd;
  private final SubjectEvents events;
  private final Telling telling;
  private final RunTraces traces;
  private final Wishes wishes = new Wishes();
  private final Runnable forget;
  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private final StartInterrupt startInterrupt = new StartInterrupt();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean leaving;
  private Optional<RunRecord> record = Optional.empty();
  private Optional<Machine> machine = Optional.empty();
  private Optional<Thread> keeper = Optional.empty();

  /**
   * @param request of the VM
   * @param forget called when it is held no longer
   */
  HeldRun(RunContext context, RunRequest request, SubjectEvents events, Runnable forget) {
    this.context = context;
    this.vm = events.subject();
    this.instance = events.instance();
    this.removeAtEnd = request.remove();
    this.events = events;
    this.telling = new Telling(events);
    this.traces = new RunTraces(context, vm, instance);
    this.forget = forget;
  }

  String vm() {
    return vm;
  }

  String instance() {
    return instance;
  }

  /** The machine, while there is one. */
  synchronized Optional<Machine> machine() {
    return machine;
  }

  /** More may be wanted of the VM. */
  void desire(Desired desired) {
    wishes.raise(desired);
  }

  /** Somebody else may run it now: it goes, and what is said of it is dropped. */
  void lose() {
    wishes.raise(Goal.REMOVE);
  }

  /** Starts the VM; returns when {@code running} or its end is told. */
  void start(RunGrant grant) {
    grant.cancellation().onLostGrant(this::lose);
    var _ = grant.cancellation().onCancel(startInterrupt::interrupt);
    keep(() -> end(begin(grant)));
    begun.join();
  }

  /** Goes on with a VM that a former worker held. */
  void recover(Recovery.Adopt adopt, Machine adopted) {
    record = Optional.of(adopt.record());
    setMachine(Optional.of(adopted));
    RunState.Running state =
        new RunState.Requested()
            .starting(new VmEvent.Starting(context.worker().id(), adopt.record().image().value()))
            .running(adopt.running());
    keep(() -> {
      if (!adopt.told()) {
        telling.tell(adopt.running());
      }
      end(watch(state, adopted));
    });
  }

  /** Tells the end of a VM that a former worker held. */
  void recover(Recovery.Tell tell, Optional<RunRecord> known) {
    record = known;
    keep(() -> end(tell.ended()));
  }

  /** Holds a VM that has ended, until it is removed. */
  void recover(Recovery.Hold hold, Optional<RunRecord> known) {
    record = known;
    keep(() -> {
      record.ifPresent(traces::release);
      awaitRemoval(hold.ended());
    });
  }

  /** Waits until nobody here cares for the VM any more. */
  void awaitEnd() throws InterruptedException {
    over.await();
  }

  /** Leaves the VM as it is, for the next worker. */
  void leave() {
    Optional<Thread> thread;
    synchronized (this) {
      thread = keeper;
    }
    leaving = true;
    if (thread.isPresent()) {
      thread.get().interrupt();
      try {
        thread.get().join();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    machine().ifPresent(Machine::abandon);
  }

  /** What the keeper does; an interrupt ends it at once. */
  @FunctionalInterface
  private interface Life {
    void live() throws InterruptedException;
  }

  private synchronized void keep(Life life) {
    keeper = Optional.of(Thread.ofVirtual().name("vm " + vm).start(() -> run(life)));
  }

  private void run(Life life) {
    try {
      life.live();
    } catch (InterruptedException _) {
      log.atDebug().addKeyValue("vm", vm).log("a VM is left to the next worker");
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("vm", vm)
          .addKeyValue("instance", instance)
          .setCause(e)
          .log("holding a VM failed");
      failInternally(e);
    } finally {
      begun.complete(null);
      over.countDown();
    }
  }

  private void failInternally(RuntimeException e) {
    try {
      end(
          new RunState.Requested()
              .failed(
                  Failure.of(
                      FailureCode.INTERNAL,
                      "holding the VM failed: %s; the worker's log says more"
                          .formatted(HostFailure.withoutFolders(e.toString())))));
    } catch (InterruptedException _) {
      log.atDebug().addKeyValue("vm", vm).log("a VM is left to the next worker");
    } catch (RuntimeException again) {
      log.atError().addKeyValue("vm", vm).setCause(again).log("ending a VM failed");
    }
  }

  private RunState.Ended begin(RunGrant grant) throws InterruptedException {
    RunStarter starter = new RunStarter(context);
    RunState.Requested requested = new RunState.Requested();
    Digest image;
    try {
      image = starter.resolve(grant.request());
      record = Optional.of(starter.writeDown(grant, image));
    } catch (RunException e) {
      return requested.failed(e.failure());
    }
    RunState.Starting starting =
        requested.starting(new VmEvent.Starting(context.worker().id(), image.value()));
    var _ = events.publish(starting.event());
    try {
      Machine started = startMachine(starter, grant);
      setMachine(Optional.of(started));
      requireStaying();
      if (grant.cancellation().isCancelled()) {
        return neverRan(starting, grant);
      }
      RunState.Running running = starting.running(starter.running(started, grant.request()));
      record = record.map(known -> known.withRunning(running.event()));
      starter.write(record.orElseThrow());
      telling.tell(running.event());
      begun.complete(null);
      return watch(running, started);
    } catch (RunException e) {
      requireStaying();
      return grant.cancellation().isCancelled()
          ? neverRan(starting, grant)
          : starting.failed(e.failure());
    }
  }

  private Machine startMachine(RunStarter starter, RunGrant grant) throws RunException {
    startInterrupt.begin(Thread.currentThread());
    try {
      if (grant.cancellation().isCancelled()) {
        // The wish came before there was anything to interrupt.
        startInterrupt.interrupt();
      }
      return starter.start(grant, record.orElseThrow());
    } finally {
      startInterrupt.end();
    }
  }

  /** What a worker that ends cuts off has not failed: it is in the queue again. */
  private void requireStaying() throws InterruptedException {
    if (leaving) {
      throw new InterruptedException();
    }
  }

  private static RunState.Ended neverRan(RunState.Live state, RunGrant grant) {
    boolean stopped =
        grant.cancellation().reason().orElseThrow() instanceof CancelReason.Requested(String reason)
            && reason.equals("stop");
    return Endings.neverRan(state, stopped);
  }

  private RunState.Ended watch(RunState.Running running, Machine started)
      throws InterruptedException {
    return new RunWatch(started, events, wishes, context.layout().position(instance))
        .untilEnd(running);
  }

  /** The host is freed before the end is told: who hears of it finds nothing left. */
  private void end(RunState.Ended ended) throws InterruptedException {
    record.ifPresent(known -> traces.write(known.withEnded(ended)));
    Optional<Machine> last = machine();
    if (last.isPresent()) {
      traces.keepConsole(last.get());
      last.get().close();
      setMachine(Optional.empty());
    }
    record.ifPresent(traces::release);
    if (record.isPresent() && record.get().running().isEmpty()) {
      // It never ran: its disk is of no use to anybody.
      var _ = traces.delete();
    }
    telling.tell(ended.event());
    begun.complete(null);
    awaitRemoval(ended);
  }

  private void awaitRemoval(RunState.Ended ended) throws InterruptedException {
    if (!removeAtEnd) {
      wishes.await(Goal.KILL, () -> false);
    }
    if (traces.delete()) {
      telling.tell(ended.removed().event());
      forget.run();
    }
  }

  private synchronized void setMachine(Optional<Machine> now) {
    machine = now;
  }
}
