package dev.firebuild.systemtest.bench;

import dev.firebuild.protocol.event.BuildEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;

/** How soon it goes on after a part was killed. */
final class RecoverBench implements Benchmark {
  private static final String WORKER = "worker killed → started elsewhere";
  private static final String RESTARTED = "restarted worker is up → started";
  private static final String COORDINATOR = "coordinator killed → claims of all partitions started";
  private static final String LONG = Requests.build("600000");

  /** Enough to meet every partition with the greatest likelihood. */
  private static final int BUILDS = 60;

  @Override
  public String name() {
    return "recover";
  }

  @Override
  public String about() {
    return "kill -9 of a worker and of a coordinator → work goes on";
  }

  @Override
  public Result run(Effort effort) throws Exception {
    Rounds rounds = new Rounds();
    try (Rig rig = Rig.start()) {
      Wire.Api api = rig.coordinator("c1").api();
      try (EventTail tail = new EventTail(rig.kafka());
          Wire wire = new Wire(api)) {
        Process worker = rig.worker("w1");
        for (int round = 0; round < effort.rounds(); round++) {
          worker = killedWorker(rounds, rig, wire, tail, worker, "w" + (round + 2));
          worker = restartedWorker(rounds, rig, wire, tail, worker, "w" + (round + 2));
          killedCoordinator(rounds, rig, wire, tail);
          rounds.next();
        }
      }
    }
    return Result.of(
        rounds.alone(WORKER, "ms", new Target.Never(4000)),
        rounds.alone(RESTARTED, "ms", new Target.Never(1000)),
        rounds.alone(COORDINATOR, "ms", new Target.Never(8000)));
  }

  private static Process killedWorker(
      Rounds rounds, Rig rig, Wire wire, EventTail tail, Process worker, String other)
      throws Exception {
    String id = started(wire, tail);
    Process next = rig.worker(other);
    long killed = kill(worker);
    rounds.add(WORKER, DispatchBench.millis(tail.await(id, 2, BuildEvent.Started.class) - killed));
    cancel(wire, tail, id, 2);
    return next;
  }

  private static Process restartedWorker(
      Rounds rounds, Rig rig, Wire wire, EventTail tail, Process worker, String name)
      throws Exception {
    String id = started(wire, tail);
    kill(worker);
    Process again = rig.worker(name);
    long up = System.nanoTime();
    rounds.add(RESTARTED, DispatchBench.millis(tail.await(id, 2, BuildEvent.Started.class) - up));
    cancel(wire, tail, id, 2);
    return again;
  }

  private static void killedCoordinator(Rounds rounds, Rig rig, Wire wire, EventTail tail)
      throws Exception {
    Rig.Coordinator other = rig.coordinator("c2");
    awaitShared(rig);
    long killed = kill(other.process());
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < BUILDS; i++) {
      ids.add(Requests.idOf(wire.post("/v1/builds", Requests.build("0"))));
    }
    long last = killed;
    for (String id : ids) {
      last = Math.max(last, tail.await(id, BuildEvent.Started.class));
    }
    rounds.add(COORDINATOR, DispatchBench.millis(last - killed));
  }

  private static String started(Wire wire, EventTail tail) throws Exception {
    String id = Requests.idOf(wire.post("/v1/builds", LONG));
    tail.await(id, BuildEvent.Started.class);
    return id;
  }

  private static void cancel(Wire wire, EventTail tail, String id, int attempt) throws Exception {
    wire.post("/v1/builds/%s/cancel".formatted(id), "{}").require(202);
    tail.await(id, attempt, BuildEvent.Cancelled.class);
  }

  /** When it was killed. */
  private static long kill(Process process) throws InterruptedException {
    long now = System.nanoTime();
    process.destroyForcibly();
    process.waitFor();
    return now;
  }

  /** Waits until both coordinators have partitions. */
  private static void awaitShared(Rig rig) throws Exception {
    String group = rig.kafka().topics().owners();
    try (Admin admin = rig.kafka().admin("bench-groups")) {
      Set<String> owners = Set.of();
      while (owners.size() < 2) {
        Thread.sleep(50);
        ConsumerGroupDescription found =
            admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get();
        owners =
            found.members().stream()
                .filter(member -> !member.assignment().topicPartitions().isEmpty())
                .map(member -> member.groupInstanceId().orElse(member.consumerId()))
                .collect(Collectors.toSet());
      }
    }
  }
}
