package dev.firebuild.worker.vm;

import java.util.Optional;

/**
 * Interrupts a thread while it starts a machine, and never before or after: {@link Machines#start}
 * then ends at once and leaves nothing.
 */
public final class StartInterrupt {
  private Optional<Thread> thread = Optional.empty();
  private boolean interrupted;

  /** {@code starting} begins to start a machine. */
  public synchronized void begin(Thread starting) {
    thread = Optional.of(starting);
  }

  /** The machine is not wanted any more; from any thread, at any time. */
  public synchronized void interrupt() {
    thread.ifPresent(starting -> {
      interrupted = true;
      starting.interrupt();
    });
  }

  /** The start is over: takes back an interrupt that came meanwhile. Called by that thread. */
  public synchronized void end() {
    thread = Optional.empty();
    if (interrupted) {
      interrupted = false;
      boolean _ = Thread.interrupted();
    }
  }
}
