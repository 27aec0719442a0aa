package dev.firebuild.worker.run;

import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.worker.vm.MachineExit;
import java.util.Optional;

/** What the end of a machine means for its run. */
final class Endings {
  private Endings() {}

  /**
   * The state after {@code live}.
   *
   * @param exitCode of the program, as its output's end told it
   */
  static RunState.Ended of(RunState.Live live, MachineExit exit, Optional<Integer> exitCode) {
    Optional<Integer> code = exit.exitCode().or(() -> exitCode);
    return switch (exit.reason()) {
      case EXITED -> live.exited(new VmEvent.Exited(code, "exited"));
      case STOPPED -> live.exited(new VmEvent.Exited(code, "stopped"));
      case KILLED -> live.exited(new VmEvent.Exited(code, "killed"));
      case POWERED_OFF -> live.exited(new VmEvent.Exited(code, "powered-off"));
      case REBOOTED -> live.exited(new VmEvent.Exited(code, "rebooted"));
      case PANIC ->
          live.failed(
              failure(FailureCode.GUEST_PANIC, "the guest's kernel gave up", exit.detail(), code));
      case VMM_DIED ->
          live.failed(failure(FailureCode.VMM, "the VMM ended unexpectedly", exit.detail(), code));
      case UNKNOWN ->
          code.isPresent()
              ? live.exited(new VmEvent.Exited(code, "exited"))
              : live.failed(
                  failure(
                      FailureCode.VMM,
                      "the VM ended while no worker watched it",
                      exit.detail(),
                      code));
    };
  }

  /** A VM of which nothing is left on the host. */
  static RunState.Failed gone(RunState.Live live) {
    return live.failed(
        Failure.of(
            FailureCode.VMM,
            "the VM ended while no worker watched it: its host was restarted, or its VMM was"
                + " killed; run it again"));
  }

  /** A VM that was asked to end before its program ran. */
  static RunState.Exited neverRan(RunState.Live live, boolean stopped) {
    return live.exited(new VmEvent.Exited(Optional.empty(), stopped ? "stopped" : "killed"));
  }

  private static Failure failure(
      FailureCode code, String what, String detail, Optional<Integer> exitCode) {
    return new Failure(
        code,
        detail.isBlank() ? what : what + ": " + detail,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        exitCode);
  }
}
