package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;

/**
 * Settings of a worker that do not depend on whether it is part of a node.
 *
 * @param buildSlots builds at once
 * @param runSlots VMs that are started at once; how many run is not limited
 * @param memMiB memory for VMs that builds may use together; 0: half of the host's
 * @param vmm {@code auto}, {@code kvm} or {@code tcg}
 */
public record WorkerConfig(int buildSlots, int runSlots, int memMiB, String vmm) {
  public static final String BUILD_SLOTS = "2";
  public static final String RUN_SLOTS = "2";
  public static final String MEM_MIB = "0";
  public static final String VMM = "auto";

  public WorkerConfig {
    requireSlots("--build-slots", buildSlots);
    requireSlots("--run-slots", runSlots);
  }

  private static void requireSlots(String flag, int slots) {
    if (slots < 1 || slots > 256) {
      throw new CliException("%s %d: expected 1 to 256".formatted(flag, slots));
    }
  }
}
