package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.worker.vmm.Acceleration;

/**
 * Settings of a worker that do not depend on whether it is part of a node.
 *
 * @param buildSlots builds at once
 * @param runSlots VMs that are started at once; how many run is not limited
 * @param buildMemMib memory of a build VM in MiB, unless the request says otherwise
 * @param vmm who executes the guests' instructions
 */
public record WorkerSettings(int buildSlots, int runSlots, int buildMemMib, Acceleration vmm) {
  public static final String BUILD_SLOTS = "2";
  public static final String RUN_SLOTS = "2";
  public static final String BUILD_MEM_MIB = "1024";
  public static final String VMM = "auto";

  public WorkerSettings {
    requireSlots("--build-slots", buildSlots);
    requireSlots("--run-slots", runSlots);
    if (buildMemMib < 64) {
      throw new CliException("--build-mem %d: expected at least 64".formatted(buildMemMib));
    }
  }

  private static void requireSlots(String flag, int slots) {
    if (slots < 1 || slots > 256) {
      throw new CliException("%s %d: expected 1 to 256".formatted(flag, slots));
    }
  }
}
