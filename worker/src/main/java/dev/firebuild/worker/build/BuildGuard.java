package dev.firebuild.worker.build;

import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.queue.CancelReason;
import dev.firebuild.worker.queue.Cancellation;
import dev.firebuild.worker.vm.Machine;
import dev.firebuild.worker.vm.StartInterrupt;
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
 * over. VMs that it watches are killed then, also while they start: it ends whatever waits for
 * them.
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
  private final List<StartInterrupt> starts = new ArrayList<>();
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
    Optional<Failure> late = timeoutFailure();
    if (late.isPresent()) {
      throw new BuildFailedException(late.get());
    }
    if (is(() -> aborted)) {
      throw new EndedException();
    }
  }

  /** The failure of a build whose time is over; empty while it is not. */
  Optional<Failure> timeoutFailure() {
    return is(() -> timedOut)
        ? Optional.of(
            Failure.of(
                FailureCode.TIMEOUT,
                "the build took longer than %d seconds; --timeout gives it more"
                    .formatted(timeout.toSeconds())))
        : Optional.empty();
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

  /** Interrupts this thread when the build must end, until the result is closed. */
  Watch watchStart() throws EndedException, BuildFailedException {
    StartInterrupt start = new StartInterrupt();
    start.begin(Thread.currentThread());
    return watch(starts, start, start::end);
  }

  /** Kills {@code machine} when the build must end, until the result is closed. */
  Watch watch(Machine machine) throws EndedException, BuildFailedException {
    return watch(machines, machine, () -> {});
  }

  private <T> Watch watch(List<T> list, T watched, Runnable end)
      throws EndedException, BuildFailedException {
    lock.lock();
    try {
      list.add(watched);
    } finally {
      lock.unlock();
    }
    Watch watch =
        () -> {
          lock.lock();
          try {
            list.remove(watched);
          } finally {
            lock.unlock();
          }
          end.run();
        };
    try {
      // What was raised before it was in the list has not reached it.
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
      starts.forEach(StartInterrupt::interrupt);
    } finally {
      lock.unlock();
    }
    running.forEach(machine -> Thread.ofVirtual().name("build-end").start(machine::kill));
  }
}
