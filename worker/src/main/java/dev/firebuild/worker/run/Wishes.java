package dev.firebuild.worker.run;

import dev.firebuild.protocol.document.VmDocument.Desired;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import java.util.function.BooleanSupplier;

/** What shall become of a held VM. Only ever more is wanted. */
final class Wishes {
  private Desired desired = Desired.RUN;

  /** More may be wanted than before; less changes nothing. */
  synchronized void raise(Desired more) {
    if (more.goal().compareTo(desired.goal()) > 0) {
      desired = more;
      notifyAll();
    }
  }

  /** Wants {@code goal} at least. */
  void raise(Goal goal) {
    raise(new Desired(goal, Desired.RUN.graceSeconds()));
  }

  synchronized Desired desired() {
    return desired;
  }

  boolean wants(Goal goal) {
    return desired().goal().compareTo(goal) >= 0;
  }

  /** Lets {@link #await} look again. */
  synchronized void wake() {
    notifyAll();
  }

  /** Waits until more than {@code known} is wanted or {@code over} holds. */
  synchronized Desired await(Goal known, BooleanSupplier over) throws InterruptedException {
    while (desired.goal().compareTo(known) <= 0 && !over.getAsBoolean()) {
      wait();
    }
    return desired;
  }
}
