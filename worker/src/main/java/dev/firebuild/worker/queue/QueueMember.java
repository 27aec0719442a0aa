package dev.firebuild.worker.queue;

/**
 * A worker as the others know it.
 *
 * @param id stable over restarts and unique among the workers
 * @param life number of this process among those of the worker: a later one has a higher one,
 *     whatever the host's clock does
 * @param host the host's name, for people
 * @param url of the worker's HTTP port
 * @param version of firebuild
 * @param buildSlots builds at once
 * @param runSlots VMs that are started at once; running ones need no slot
 */
public record QueueMember(
    String id, long life, String host, String url, String version, int buildSlots, int runSlots) {
  /** As many members a share group takes by default. */
  private static final int MOST = 200;

  public QueueMember {
    if (buildSlots < 0 || runSlots < 0 || buildSlots > MOST || runSlots > MOST) {
      throw new IllegalArgumentException(
          "slots: expected 0 to %d for builds and for runs (found %d and %d)"
              .formatted(MOST, buildSlots, runSlots));
    }
  }
}
