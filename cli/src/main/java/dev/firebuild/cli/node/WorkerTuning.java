package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.worker.vm.NetworkSettings;
import dev.firebuild.worker.vmm.Acceleration;

/**
 * How a worker works, whether or not it is part of a node.
 *
 * @param buildSlots builds at once
 * @param runSlots VMs that are started at once; how many run is not limited
 * @param vmm who executes the guests' instructions
 * @param eventSpool MiB of events that wait on disk while Kafka is away
 * @param keepImages hours that images stay which nothing needs
 * @param networks how VMs reach the world
 */
public record WorkerTuning(
    int buildSlots,
    int runSlots,
    Acceleration vmm,
    int eventSpool,
    int keepImages,
    NetworkSettings networks) {
  public static final String BUILD_SLOTS = "2";
  public static final String RUN_SLOTS = "2";
  public static final String VMM = "auto";
  public static final String EVENT_SPOOL = "256";
  public static final String KEEP_IMAGES_HOURS = "24";

  private static final int MOST_MIB = 1 << 20;
  private static final int MOST_HOURS = 24 * 3650;

  public WorkerTuning {
    requireSlots("--build-slots", buildSlots);
    requireSlots("--run-slots", runSlots);
    if (eventSpool < 1 || eventSpool > MOST_MIB) {
      throw new CliException(
          "--event-spool %d: expected 1 to %d (MiB)".formatted(eventSpool, MOST_MIB));
    }
    // Workers that share images say every hour what they need of them.
    if (keepImages < 2 || keepImages > MOST_HOURS) {
      throw new CliException(
          "--keep-images %d: expected 2 to %d (hours)".formatted(keepImages, MOST_HOURS));
    }
  }

  private static void requireSlots(String flag, int slots) {
    if (slots < 1 || slots > 200) {
      throw new CliException("%s %d: expected 1 to 200".formatted(flag, slots));
    }
  }
}
