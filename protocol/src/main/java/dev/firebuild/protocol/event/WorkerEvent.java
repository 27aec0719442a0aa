package dev.firebuild.protocol.event;

import java.util.List;

/** What a worker says of itself; the subject is the worker's id. */
public sealed interface WorkerEvent extends EventData {
  /** The worker has reconciled its host and opens its slots. */
  record Started(WorkerInfo worker) implements WorkerEvent {}

  /** The worker lives. */
  record Heartbeat(WorkerInfo worker) implements WorkerEvent {}

  /** The worker takes no more requests and ends. */
  record Stopping(String incarnation) implements WorkerEvent {}

  /**
   * A worker as it reports itself.
   *
   * @param incarnation drawn at each start of its process
   * @param life number of the process among those of the worker, kept on its disk: the higher one
   *     is the newer incarnation, whatever the host's clock does
   * @param host the host's name
   * @param url of its HTTP port
   * @param buildSlots requests of builds that it works on at once
   * @param runSlots requests of VMs that it starts at once
   * @param instances the instances that it works on or holds
   */
  record WorkerInfo(
      String incarnation,
      long life,
      String version,
      String host,
      String url,
      int buildSlots,
      int runSlots,
      List<String> instances) {

    /** The same with other instances. */
    public WorkerInfo withInstances(List<String> held) {
      return new WorkerInfo(incarnation, life, version, host, url, buildSlots, runSlots, held);
    }
  }
}
