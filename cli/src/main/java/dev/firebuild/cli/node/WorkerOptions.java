package dev.firebuild.cli.node;

import java.util.List;
import picocli.CommandLine.Option;

/** The flags of every command that starts a worker. */
final class WorkerOptions {
  @Option(
      names = "--build-slots",
      paramLabel = "N",
      defaultValue = WorkerConfig.BUILD_SLOTS,
      description = "Builds at once (default: ${DEFAULT-VALUE}).")
  private int buildSlots;

  @Option(
      names = "--run-slots",
      paramLabel = "N",
      defaultValue = WorkerConfig.RUN_SLOTS,
      description = "VMs that start at once (default: ${DEFAULT-VALUE}).")
  private int runSlots;

  @Option(
      names = "--build-mem",
      paramLabel = "MIB",
      defaultValue = WorkerConfig.MEM_MIB,
      description = "Memory of all build VMs together, in MiB (default: half of the host's).")
  private int memMiB;

  @Option(
      names = "--vmm",
      paramLabel = "auto|kvm|tcg",
      defaultValue = WorkerConfig.VMM,
      description =
          "QEMU with hardware virtualization, or without it; auto: KVM where a guest boots with it"
              + " (default: ${DEFAULT-VALUE}).")
  private String vmm = WorkerConfig.VMM;

  WorkerConfig config() {
    return new WorkerConfig(buildSlots, runSlots, memMiB, vmm);
  }

  /** The same flags for another process. */
  List<String> arguments() {
    return List.of(
        "--build-slots", String.valueOf(buildSlots),
        "--run-slots", String.valueOf(runSlots),
        "--build-mem", String.valueOf(memMiB),
        "--vmm", vmm);
  }
}
