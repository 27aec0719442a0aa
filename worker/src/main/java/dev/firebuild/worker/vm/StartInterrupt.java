package dev.firebuild.worker.run;

import java.util.Optional;

/** Interrupts a thread while it starts a machine, and never before or after. */
final class StartInterrupt {
  private Optional<Thread> thread = Optional.empty();

  synchronized void begin(Thread starting) {
    thread = Optional.of(starting);
  }

  synchronized void interrupt() {
    thread.ifPresent(Thread::interrupt);
  }

  /** Clears an interrupt that came meanwhile. */
  synchronized void end() {
    thread = Optional.empty();
    boolean _ = Thread.interrupted();
  }
}
