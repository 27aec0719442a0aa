package dev.firebuild.systemtest.bench;

import dev.firebuild.protocol.event.VmEvent;
import java.util.List;

/**
 * From {@code run} until the guest is ready, beside a bare QEMU with the same parts; and a build
 * that knows none of its steps, beside such a QEMU that runs the same commands.
 */
final class BootBench implements Benchmark {
  private static final String RUN = "POST → running";
  private static final String MACHINE = "start of a machine → guest ready";
  private static final String REQUEST =
      "{\"image\":\"busybox\",\"command\":[\"/bin/sh\",\"-c\",\"while :; do sleep 1000; done\"]}";

  @Override
  public String name() {
    return "boot";
  }

  @Override
  public String about() {
    return "run → guest ready; a cold build";
  }

  @Override
  public Result run(Effort effort) throws Exception {
    Rounds rounds = new Rounds();
    ColdBuild cold = new ColdBuild();
    try (RealNode node = RealNode.start();
        EventTail tail = new EventTail(node.kafka())) {
      Wire.Api api = node.api();
      round(new Rounds(), node, tail, api);
      cold.round(new Rounds(), node, tail, api);
      for (int round = 0; round < effort.rounds(); round++) {
        round(rounds, node, tail, api);
        cold.round(rounds, node, tail, api);
        rounds.next();
      }
    }
    return new Result(
        List.of(
            rounds.compare(MACHINE, BareQemu.READY, "ms", Target.atMost(1.15)),
            rounds.compare(RUN, BareQemu.READY, "ms", Target.atMost(1.15)),
            rounds.compare(ColdBuild.BUILD, ColdBuild.SCRIPT, "ms", Target.atMost(1.15))),
        List.of(
            "the bare QEMU gets the kernel, initramfs, config drive and layers of the VM before"
                + " it, a new upper disk, and QEMU's own user network"));
  }

  private static void round(Rounds rounds, RealNode node, EventTail tail, Wire.Api api)
      throws Exception {
    long start = System.nanoTime();
    String id = Requests.idOf(Wire.postOnce(api, "/v1/vms", REQUEST));
    long running = tail.await(id, VmEvent.Running.class);
    rounds.add(RUN, DispatchBench.millis(running - start));
    rounds.add(MACHINE, DispatchBench.millis(running - tail.await(id, VmEvent.Starting.class)));
    long pid = tail.said(id, VmEvent.Running.class).pid();
    try (BareQemu bare = BareQemu.like(pid, node.folder())) {
      Wire.postOnce(api, "/v1/vms/%s/kill".formatted(id), "{}").require(202);
      tail.await(id, VmEvent.Exited.class);
      rounds.add(BareQemu.READY, bare.boot());
    }
  }
}
