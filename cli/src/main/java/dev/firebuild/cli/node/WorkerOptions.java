package dev.firebuild.cli.node;

import dev.firebuild.worker.vmm.Acceleration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of every command that starts a worker. */
final class WorkerOptions {
  @Option(
      names = "--build-slots",
      paramLabel = "N",
      defaultValue = WorkerTuning.BUILD_SLOTS,
      description = "Builds at once (default: ${DEFAULT-VALUE}).")
  private int buildSlots;

  @Option(
      names = "--run-slots",
      paramLabel = "N",
      defaultValue = WorkerTuning.RUN_SLOTS,
      description = "VMs that start at once (default: ${DEFAULT-VALUE}).")
  private int runSlots;

  @Option(
      names = "--vmm",
      paramLabel = "auto|kvm|tcg",
      defaultValue = WorkerTuning.VMM,
      description =
          "QEMU with hardware virtualization, or without it; auto: KVM where a guest boots with it"
              + " (default: ${DEFAULT-VALUE}).")
  private Acceleration vmm = Acceleration.AUTO;

  @Option(
      names = "--event-spool",
      paramLabel = "MIB",
      defaultValue = WorkerTuning.EVENT_SPOOL,
      description =
          "Events that wait on the worker's disk while Kafka is away; output of builds beyond that"
              + " is left out, and the log says so (default: ${DEFAULT-VALUE}).")
  private int eventSpool;

  @Option(
      names = "--keep-images",
      paramLabel = "HOURS",
      defaultValue = WorkerTuning.KEEP_IMAGES_HOURS,
      description =
          "Images and layers that nothing needs are removed so long after they were made (default:"
              + " ${DEFAULT-VALUE}).")
  private int keepImages;

  @Mixin private NetworkOptions networks = new NetworkOptions();

  WorkerTuning config() {
    return new WorkerTuning(buildSlots, runSlots, vmm, eventSpool, keepImages, networks.config());
  }

  /** The same flags for another process. */
  List<String> arguments() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--build-slots", String.valueOf(buildSlots),
                "--run-slots", String.valueOf(runSlots),
                "--vmm", vmm.name().toLowerCase(Locale.ROOT),
                "--event-spool", String.valueOf(eventSpool),
                "--keep-images", String.valueOf(keepImages)));
    arguments.addAll(networks.arguments());
    return arguments;
  }
}
