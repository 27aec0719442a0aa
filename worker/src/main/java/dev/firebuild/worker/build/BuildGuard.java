package dev.firebuild.worker.build;

import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.queue.CancelReason;
import dev.firebuild.worker.queue.Cancellation;
import dev.firebuild.worker.vm.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Ends a build before its end: when somebody wants it to, when the grant is lost, when its time is
 * over. VMs that it watches are killed then, which ends whatever waits for them.
 */
final class BuildGuard implements AutoCloseable {
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("build-timeouts").unstarted(task));

  private final Cancellation cancellation;
  private final Duration timeout;
  private final Cancellation.Registration registration;
  private final java.util.concurrent.Future<?> timer;

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Machine> machines = new ArrayList<>();
  private boolean timedOut;
  private boolean aborted;

  BuildGuard(Cancellation cancellation, Duration timeout) {
    this.cancellation = cancellation;
    this.timeout = timeout;
    this.timer = TIMER.schedule(this::timeOut, timeout.toMillis(), TimeUnit.MILLISECONDS);
    this.registration = cancellation.onCancel(this::killMachines);
  }

  /** Thrown when the build must end and nobody is to blame. */
  static final class EndedException extends Exception {
    private static final long serialVersionUID = 1;
  }

  /** Throws if the build must end. */
  void check() throws EndedException, BuildFailedException {
    if (cancellation.isCancelled()) {
      throw new EndedException();
    }
    // Before the abort that may follow from it.
    if (is(() -> timedOut)) {
      throw BuildFailedException.of(
          FailureCode.TIMEOUT,
          "the build took longer than %d seconds; --timeout gives it more"
              .formatted(timeout.toSeconds()));
    }
    if (is(() -> aborted)) {
      throw new EndedException();
    }
  }

  /** Ends whatever the build still does: a part of it has failed. */
  void abort() {
    lock.lock();
    try {
      aborted = true;
    } finally {
      lock.unlock();
    }
    killMachines();
  }

  /** Why the build must end; empty while it may go on, and after a timeout. */
  Optional<CancelReason> cancelled() {
    return cancellation.reason();
  }

  /** Kills {@code machine} when the build must end, until the result is closed. */
  Watch watch(Machine machine) throws EndedException, BuildFailedException {
    lock.lock();
    try {
      machines.add(machine);
    } finally {
      lock.unlock();
    }
    Watch watch =
        () -> {
          lock.lock();
          try {
            machines.remove(machine);
          } finally {
            lock.unlock();
          }
        };
    try {
      // What was raised before the machine was in the list has not killed it.
      check();
      return watch;
    } catch (EndedException | BuildFailedException e) {
      watch.close();
      throw e;
    }
  }

  /** Ends the watch over a machine. */
  @FunctionalInterface
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  @Override
  public void close() {
    timer.cancel(false);
    registration.close();
  }

  private boolean is(BooleanSupplier state) {
    lock.lock();
    try {
      return state.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }

  private void timeOut() {
    lock.lock();
    try {
      timedOut = true;
    } finally {
      lock.unlock();
    }
    killMachines();
  }

  private void killMachines() {
    List<Machine> running;
    lock.lock();
    try {
      running = List.copyOf(machines);
    } finally {
      lock.unlock();
    }
    running.forEach(machine -> Thread.ofVirtual().name("build-end").start(machine::kill));
  }
}
