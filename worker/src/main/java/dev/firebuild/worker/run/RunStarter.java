package dev.firebuild.worker.run;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Reference;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.worker.host.HostFailure;
import dev.firebuild.worker.image.ImageException;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.queue.RunGrant;
import dev.firebuild.worker.vm.Machine;
import dev.firebuild.worker.vm.MachineException;
import dev.firebuild.worker.vm.MachineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the machine of a granted request. */
final class RunStarter {
  private static final Logger log = LoggerFactory.getLogger(RunStarter.class);

  private final RunContext context;

  RunStarter(RunContext context) {
    this.context = context;
  }

  /** The manifest that the request's image means now. */
  Digest resolve(RunRequest request) throws RunException {
    Reference reference = Reference.parse(request.image());
    return context
        .lookups()
        .image(reference)
        .map(document -> document.image().digest())
        .orElseThrow(() ->
            new RunException(
                FailureCode.NOT_FOUND,
                "there is no image %s; `firebuild images` lists those there are"
                    .formatted(reference)));
  }

  /** Writes the run down; nothing of it is on the host before that. */
  RunRecord writeDown(RunGrant grant, Digest image) throws RunException {
    RunRecord record = RunRecord.of(grant.id(), grant.instance(), grant.attempt(), image);
    write(record);
    return record;
  }

  /**
   * Starts the VM and waits until its program runs.
   *
   * @throws RunException if it can't be started; of the machine nothing is left then
   */
  Machine start(RunGrant grant, RunRecord record) throws RunException {
    RunRequest request = grant.request();
    try {
      context.images().pins().pin(record.image(), record.instance());
      Manifest manifest = context.images().manifest(record.image());
      List<Path> layers = context.images().layers(manifest);
      RunPlan plan = RunPlan.of(grant.id(), request, manifest.imageConfig());
      requireDrives(request, layers);
      Path upper = context.layout().upper(record.instance());
      context.ext4().create(upper, context.settings().diskBytes());
      return context
          .machines()
          .start(
              new MachineSpec(
                  record.instance(),
                  request.kernel().orElse(context.settings().kernel()),
                  request.cpu().orElse(context.settings().cpus()),
                  request.mem().orElse(context.settings().memMib()),
                  layers,
                  upper,
                  List.of(),
                  context.machines().world(),
                  request.ports(),
                  request.ipAddress(),
                  plan.hostname(),
                  Map.of(),
                  plan.workload()));
    } catch (MachineException e) {
      throw new RunException(e.code(), cannotRun(request, e.getMessage()), e);
    } catch (ImageException e) {
      throw new RunException(e.code(), cannotRun(request, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new RunException(FailureCode.INVALID_REQUEST, cannotRun(request, e.getMessage()), e);
    } catch (IOException e) {
      throw onHost(cannotRun(request, HostFailure.reason(e)), e);
    }
  }

  /** What is said of a VM whose program runs. */
  VmEvent.Running running(Machine machine, RunRequest request) {
    return new VmEvent.Running(
        context.worker().id(),
        context.worker().host(),
        machine.vmm(),
        machine.pid(),
        machine.ip(),
        machine.prefixLength(),
        request.ports());
  }

  /** Puts {@code record} on disk. */
  void write(RunRecord record) throws RunException {
    try {
      context.records().write(record);
    } catch (IOException e) {
      throw onHost("the VM cannot be written down: " + HostFailure.reason(e), e);
    }
  }

  private static RunException onHost(String message, IOException e) {
    log.atError().setCause(e).log("starting a VM failed on this host");
    return new RunException(FailureCode.HOST, message, e);
  }

  private static void requireDrives(RunRequest request, List<Path> layers) throws RunException {
    int most = MachineSpec.MAX_DRIVES - 2;
    if (layers.size() > most) {
      throw new RunException(
          FailureCode.INVALID_REQUEST,
          "cannot run %s: it has %d layers, a VM takes at most %d"
              .formatted(request.image(), layers.size(), most));
    }
  }

  private static String cannotRun(
      RunRequest request, @org.jspecify.annotations.Nullable String why) {
    return "cannot run %s: %s".formatted(request.image(), why);
  }
}
