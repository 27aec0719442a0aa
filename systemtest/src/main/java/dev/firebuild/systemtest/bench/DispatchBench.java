package dev.firebuild.systemtest.bench;

import dev.firebuild.protocol.event.BuildEvent;
import java.util.concurrent.SynchronousQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** From the answer to a request until its claim and its start are visible, with an idle queue. */
final class DispatchBench implements Benchmark {
  private static final int SAMPLES = 40;
  private static final int WARM_UP = 60;

  /** So long nothing happens between two samples: the queue is idle, its slots are polling. */
  private static final long PAUSE_MILLIS = 60;

  private static final String RAW = "raw produce → poll";

  @Override
  public String name() {
    return "dispatch";
  }

  @Override
  public String about() {
    return "accepted → claimed, → started, with an idle queue";
  }

  @Override
  public Result run(Effort effort) throws Exception {
    SynchronousQueue<Long> polled = new SynchronousQueue<>();
    try (Rig rig = Rig.start()) {
      Rig.Coordinator coordinator = rig.coordinator("c1");
      rig.worker("w1");
      try (EventTail tail = new EventTail(rig.kafka());
          RawLog raw = new RawLog(rig.kafka(), RawLog.AT_ONCE, record -> hand(polled, record));
          Wire wire = new Wire(coordinator.api())) {
        Rounds warmUp = new Rounds();
        for (int i = 0; i < effort.of(WARM_UP); i++) {
          sample(warmUp, wire, tail, raw, polled);
        }
        Rounds rounds = new Rounds();
        for (int round = 0; round < effort.rounds(); round++) {
          for (int i = 0; i < effort.of(SAMPLES); i++) {
            sample(rounds, wire, tail, raw, polled);
          }
          rounds.next();
        }
        return Result.of(
            rounds.compare("accepted → claimed", RAW, "ms", Target.atMost(2, 2.5)),
            rounds.compare("accepted → started", RAW, "ms", Target.atMost(8)),
            rounds.alone("accepted → succeeded", "ms", Target.none()));
      }
    }
  }

  private static void hand(SynchronousQueue<Long> polled, ConsumerRecord<byte[], byte[]> record) {
    try {
      polled.put(System.nanoTime());
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts " + record.topic(), e);
    }
  }

  private static void sample(
      Rounds rounds, Wire wire, EventTail tail, RawLog raw, SynchronousQueue<Long> polled)
      throws Exception {
    Thread.sleep(PAUSE_MILLIS);
    long sent = System.nanoTime();
    raw.send(new byte[200]);
    rounds.add(RAW, millis(polled.take() - sent));

    Thread.sleep(PAUSE_MILLIS);
    String id = Requests.idOf(wire.post("/v1/builds", Requests.build("0")));
    long accepted = System.nanoTime();
    rounds.add("accepted → claimed", millis(tail.await(id, BuildEvent.Claimed.class) - accepted));
    rounds.add("accepted → started", millis(tail.await(id, BuildEvent.Started.class) - accepted));
    rounds.add(
        "accepted → succeeded", millis(tail.await(id, BuildEvent.Succeeded.class) - accepted));
  }

  static double millis(long nanos) {
    return nanos / 1e6;
  }
}
