package dev.firebuild.systemtest.bench;

import dev.firebuild.messaging.Partitions;
import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.event.BuildEvent;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.TopicPartition;

/** How soon it goes on after a part was killed. */
final class RecoverBench implements Benchmark {
  private static final String WORKER = "worker killed → started elsewhere";
  private static final String RESTARTED = "restarted worker is up → started";
  private static final String COORDINATOR = "coordinator killed → claims of its partitions started";
  private static final String LONG = Requests.build("600000");

  /** As many as the worker has slots: none waits for another. */
  private static final int BUILDS = 2;

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
    Set<Integer> lost = awaitPartitionsOf("c2", rig);
    List<String> ids = idsIn(lost, rig);
    long killed = kill(other.process());
    for (String id : ids) {
      wire.post("/v1/builds", Requests.build("0", id)).require(202);
    }
    long last = killed;
    for (String id : ids) {
      last = Math.max(last, tail.await(id, BuildEvent.Started.class));
    }
    rounds.add(COORDINATOR, DispatchBench.millis(last - killed));
  }

  private static List<String> idsIn(Set<Integer> partitions, Rig rig) {
    SecureRandom random = new SecureRandom();
    return Stream.generate(() -> Ids.draw(random))
        .filter(id -> partitions.contains(Partitions.of(id, rig.kafka().partitions())))
        .limit(BUILDS)
        .toList();
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

  /** Waits until {@code coordinator} has partitions and others have some too. */
  private static Set<Integer> awaitPartitionsOf(String coordinator, Rig rig) throws Exception {
    String group = rig.kafka().topics().owners();
    try (Admin admin = rig.kafka().admin("bench-groups")) {
      while (true) {
        Map<String, Set<Integer>> owned =
            admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
                .flatMap(found -> found.members().stream())
                .collect(
                    Collectors.toMap(
                        member -> member.groupInstanceId().orElse(member.consumerId()),
                        RecoverBench::partitionsOf));
        if (owned.size() == 2 && owned.values().stream().noneMatch(Set::isEmpty)) {
          return Objects.requireNonNull(owned.get(coordinator), coordinator);
        }
        Thread.sleep(50);
      }
    }
  }

  private static Set<Integer> partitionsOf(MemberDescription member) {
    return member.assignment().topicPartitions().stream()
        .map(TopicPartition::partition)
        .collect(Collectors.toSet());
  }
}
