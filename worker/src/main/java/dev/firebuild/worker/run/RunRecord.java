package dev.firebuild.worker.run;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.VmEvent;
import java.util.Optional;

/**
 * What a later worker must know of a run; on disk before anything else of it is.
 *
 * @param vm id of the VM
 * @param instance the granted instance
 * @param attempt of the grant
 * @param image digest of the image's manifest, pinned while the VM lives
 * @param running what was said when the program began to run
 * @param exited how the VM ended
 * @param failed how the VM ended badly
 */
public record RunRecord(
    String vm,
    String instance,
    int attempt,
    Digest image,
    Optional<VmEvent.Running> running,
    Optional<VmEvent.Exited> exited,
    Optional<VmEvent.Failed> failed) {

  /** A run that has not begun. */
  static RunRecord of(String vm, String instance, int attempt, Digest image) {
    return new RunRecord(
        vm, instance, attempt, image, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The same with what is said when the program runs. */
  RunRecord withRunning(VmEvent.Running event) {
    return new RunRecord(vm, instance, attempt, image, Optional.of(event), exited, failed);
  }

  /** The same with how it ended. */
  RunRecord withEnded(RunState.Ended ended) {
    return switch (ended) {
      case RunState.Exited(VmEvent.Exited event) ->
          new RunRecord(vm, instance, attempt, image, running, Optional.of(event), failed);
      case RunState.Failed(VmEvent.Failed event) ->
          new RunRecord(vm, instance, attempt, image, running, exited, Optional.of(event));
    };
  }

  /** How it ended, if it has. */
  Optional<RunState.Ended> ended() {
    return exited
        .<RunState.Ended>map(RunState.Exited::new)
        .or(() -> failed.map(RunState.Failed::new));
  }
}
