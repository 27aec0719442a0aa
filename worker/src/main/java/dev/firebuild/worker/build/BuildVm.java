package dev.firebuild.worker.build;

import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.build.BuildGuard.EndedException;
import dev.firebuild.worker.guest.BuildGuest;
import dev.firebuild.worker.guest.GuestSession;
import dev.firebuild.worker.vm.Machine;
import dev.firebuild.worker.vm.MachineException;
import dev.firebuild.worker.vm.MachineExit;
import dev.firebuild.worker.vm.MachineSpec;
import dev.firebuild.worker.vm.Workload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A VM that works on one upper disk for a build. Closing it ends it, whatever it does. */
final class BuildVm implements AutoCloseable {
  private static final Duration STOP_GRACE = Duration.ofSeconds(30);
  private static final int EXIT_SECONDS = 20;
  private static final long LITTLE_SPACE = 256 * 1024;

  private final BuildJob job;
  private final Machine machine;
  private final BuildGuard.Watch watch;
  private final GuestSession session;

  private BuildVm(BuildJob job, Machine machine, BuildGuard.Watch watch, GuestSession session) {
    this.job = job;
    this.machine = machine;
    this.watch = watch;
    this.session = session;
  }

  /**
   * Boots a VM.
   *
   * @param lowers files of layers, bottom first
   * @param inputs further drives; the guest sees number i at {@code /run/input/i}
   */
  static BuildVm start(BuildJob job, List<Path> lowers, Path upper, List<Path> inputs)
      throws BuildFailedException, EndedException {
    int layers = lowers.size() + 1;
    if (layers > MachineSpec.MAX_DRIVES - 2) {
      // It could be built, but no VM could ever run it, build on it or export it.
      throw BuildFailedException.of(
          FailureCode.INVALID_REQUEST,
          "the image would have %d layers, and a VM takes at most %d; build on an image with fewer layers"
              .formatted(layers, MachineSpec.MAX_DRIVES - 2));
    }
    int drives = 2 + lowers.size() + inputs.size();
    if (drives > MachineSpec.MAX_DRIVES) {
      throw BuildFailedException.of(
          FailureCode.INVALID_REQUEST,
          "the build needs %d drives in one VM (layers below it, layers that it copies from), and %d are possible; build on an image with fewer layers"
              .formatted(drives, MachineSpec.MAX_DRIVES));
    }
    job.guard().check();
    Machine machine = boot(job, lowers, upper, inputs);
    try {
      BuildGuard.Watch watch = job.guard().watch(machine);
      return new BuildVm(job, machine, watch, machine.session());
    } catch (IOException e) {
      machine.close();
      throw BuildFailedException.of(FailureCode.VMM, "the build's VM cannot be reached", e);
    } catch (BuildFailedException | EndedException | RuntimeException e) {
      machine.close();
      throw e;
    }
  }

  private static Machine boot(BuildJob job, List<Path> lowers, Path upper, List<Path> inputs)
      throws BuildFailedException, EndedException {
    MachineSpec spec =
        new MachineSpec(
            job.drawId(),
            job.kernel(),
            job.request().cpu().orElse(job.settings().cpus()),
            job.memMib(),
            lowers,
            upper,
            inputs,
            job.parts().machines().world(),
            List.of(),
            "build",
            Map.of(),
            new Workload.Build());
    try (BuildGuard.Watch _ = job.guard().watchStart()) {
      return job.parts().machines().start(spec);
    } catch (MachineException e) {
      job.guard().check();
      throw BuildFailedException.of(e.code(), "the build's VM did not start: " + e.getMessage());
    }
  }

  GuestSession session() {
    return session;
  }

  BuildGuest guest() {
    return new BuildGuest(session);
  }

  GuestFiles files() {
    return new GuestFiles(session);
  }

  /**
   * Whether the upper disk has hardly any room: the likely reason why something on it failed.
   *
   * @throws IOException if the guest was lost
   */
  boolean isDiskFull() throws IOException {
    String[] fields = print("stat", "-f", "-c", "%a %S %d", "/upper").strip().split(" ", -1);
    long free = Long.parseLong(fields[0]) * Long.parseLong(fields[1]);
    return free < LITTLE_SPACE || fields[2].equals("0");
  }

  private String print(String... argv) throws IOException {
    return new String(session.call(List.of(argv)), StandardCharsets.UTF_8);
  }

  /**
   * Lets the guest end and sees to it that its upper disk is in order: it may become a layer then.
   */
  void shutDown() throws BuildFailedException, EndedException {
    MachineExit exit = machine.stop(STOP_GRACE);
    job.guard().check();
    if (exit.reason() != MachineExit.Reason.STOPPED || !exit.clean() || exit.diskErrors()) {
      throw exit.diskErrors()
          ? BuildFailedException.of(
              FailureCode.HOST,
              "the host could not write the disk of the build's VM (%s); look whether the disk of the worker's data folder is full"
                  .formatted(exit.detail()))
          : BuildFailedException.of(
              FailureCode.VMM, "the build's VM did not leave its disk in order: " + exit.detail());
    }
  }

  /**
   * Why the guest was lost: waits for the VM's end and reads it from that.
   *
   * @param e what showed that it was
   */
  BuildFailedException lost(IOException e)
      throws BuildFailedException, EndedException, InterruptedException {
    try {
      MachineExit exit = machine.exit().get(EXIT_SECONDS, TimeUnit.SECONDS);
      job.guard().check();
      return BuildFailedException.of(code(exit), message(exit));
    } catch (TimeoutException _) {
      job.guard().check();
      return BuildFailedException.of(
          FailureCode.VMM, "the connection to the build's VM was lost", e);
    } catch (ExecutionException failed) {
      throw new IllegalStateException("a VM's end could not be watched", failed);
    }
  }

  private static FailureCode code(MachineExit exit) {
    return switch (exit.reason()) {
      case PANIC -> FailureCode.GUEST_PANIC;
      case POWERED_OFF, REBOOTED, EXITED, STOPPED -> FailureCode.GUEST_EXITED;
      case VMM_DIED, KILLED, UNKNOWN -> FailureCode.VMM;
    };
  }

  private static String message(MachineExit exit) {
    String what =
        switch (exit.reason()) {
          case PANIC -> "the guest's kernel gave up";
          case POWERED_OFF -> "the step powered its VM off";
          case REBOOTED -> "the step rebooted its VM";
          case EXITED, STOPPED -> "the build's VM ended by itself";
          case VMM_DIED -> "the program that runs the build's VM ended unexpectedly";
          case KILLED -> "the build's VM was killed";
          case UNKNOWN -> "the build's VM ended";
        };
    return exit.detail().isEmpty() ? what : what + ": " + exit.detail();
  }

  @Override
  public void close() {
    watch.close();
    machine.close();
  }
}
