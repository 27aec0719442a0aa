package dev.firebuild.worker.run;

import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.VmEvent;

/**
 * Where a held VM is in its life. Each state has the event that tells it; a transition is a method
 * that returns the only state that may follow, so an illegal move does not compile.
 *
 * <pre>
 * Requested ──▶ Starting ──▶ Running ──▶ Stopping
 *     │             │           │            │
 *     └─────────────┴───────────┴────────────┴──▶ Exited | Failed ──▶ Removed
 * </pre>
 */
public sealed interface RunState {

  /** The VM has not ended. */
  sealed interface Live extends RunState {
    /** It ended as the image's program or somebody wanted. */
    default Exited exited(VmEvent.Exited event) {
      return new Exited(event);
    }

    /** It could not be started, or ended badly. */
    default Failed failed(Failure failure) {
      return new Failed(new VmEvent.Failed(failure));
    }
  }

  /** The VM has ended; its disk and records may still be there. */
  sealed interface Ended extends RunState {
    /** The terminal event. */
    VmEvent event();

    /** Its disk and records are gone. */
    default Removed removed() {
      return new Removed(new VmEvent.Removed());
    }
  }

  /** Granted; nothing is on the host. */
  record Requested() implements Live {
    public Starting starting(VmEvent.Starting event) {
      return new Starting(event);
    }
  }

  /** Its disk and its VMM are being made. */
  record Starting(VmEvent.Starting event) implements Live {
    public Running running(VmEvent.Running event) {
      return new Running(event);
    }
  }

  /** The image's program runs. */
  record Running(VmEvent.Running event) implements Live {
    public Stopping stopping(VmEvent.Stopping event) {
      return new Stopping(event);
    }
  }

  /** Somebody wants it to end. */
  record Stopping(VmEvent.Stopping event) implements Live {}

  /** The program ended, or somebody ended it. */
  record Exited(VmEvent.Exited event) implements Ended {}

  /** It never ran, or ended badly. */
  record Failed(VmEvent.Failed event) implements Ended {}

  /** The host holds nothing of it. */
  record Removed(VmEvent.Removed event) implements RunState {}
}
