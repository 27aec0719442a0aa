package dev.firebuild.systemtest.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.coordinator.owner.kafka.Owner;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.BuildDocument.Phase;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.ImageEvent;
import dev.firebuild.systemtest.queue.Installation;
import dev.firebuild.worker.queue.WorkerQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One of two coordinators is killed, or frozen, at each point of its transaction and its outbox; or
 * there is none at all. A process and its rival share the partitions: {@link #BUILD} is always the
 * first one's.
 */
@Tag("real")
@Timeout(180)
@SuppressWarnings("NullAway.Init")
class CoordinatorFaultTest {
  private static final String PRODUCER = "org.apache.kafka.clients.producer.KafkaProducer";
  private static final String CORE = "dev.firebuild.coordinator.owner.";
  private static final String OWNER = "owner";
  private static final String BUILD = Ground.idIn(0, "b");

  @TempDir static Path dir;
  private static SharedBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = new SharedBroker(dir);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @ConcurrentTest
  void killedAfterItBeganATransaction() throws Exception {
    try (Ground ground = broker.ground("begun")) {
      killAtAGrant(ground, "send", 0);
    }
  }

  @ConcurrentTest
  void killedAfterItSentDocuments() throws Exception {
    try (Ground ground = broker.ground("documents")) {
      killAtAGrant(ground, "sendOffsetsToTransaction", 1);
    }
  }

  @ConcurrentTest
  void killedAfterItSentOffsetsBeforeTheCommit() throws Exception {
    try (Ground ground = broker.ground("offsets")) {
      killAtAGrant(ground, "commitTransaction", 1);
    }
  }

  @ConcurrentTest
  @Tag("long")
  void killedBeforeTheCommitAndStartedAgain() throws Exception {
    try (Ground ground = broker.ground("again")) {
      // Given the only coordinator, in the middle of its transaction
      DebuggedProcess victim = ground.coordinatorProcess("c1");
      ground.worker("w1");
      ground.awaitKnown("w1");
      var _ = haltAtAGrant(ground, victim, "commitTransaction", 1);
      // When
      victim.kill();
      ground.coordinatorProcess("c1");
      // Then it begins where nothing is written
      Invariants.check(ground, BUILD, 1, "w1");
      assertThat(ground.uncommitted(BUILD)).hasSize(1);
    }
  }

  /** {@code documents}: as many are written by then, for whoever does not ask for commits. */
  private static void killAtAGrant(Ground ground, String method, int documents) throws Exception {
    // Given a claim that is read, and whose grant is not committed
    DebuggedProcess victim = ground.coordinatorProcess("c1");
    ground.owner("c2");
    ground.worker("w1");
    ground.awaitKnown("w1");
    var _ = haltAtAGrant(ground, victim, method, documents);
    // When
    victim.kill();
    // Then the other one grants it, and what the first one wrote is nowhere
    Invariants.check(ground, BUILD, 1, "w1");
    assertThat(ground.uncommitted(BUILD)).hasSize(documents);
  }

  private static Halt haltAtAGrant(
      Ground ground, DebuggedProcess victim, String method, int documents)
      throws InterruptedException {
    Halt halt = victim.holdThreadAt(PRODUCER, method, OWNER);
    ground.build(BUILD, Duration.ZERO);
    ground.awaitClaim(BUILD, "w1");
    halt.await();
    await()
        .atMost(Installation.PATIENCE)
        .untilAsserted(() -> assertThat(ground.written.of(BUILD)).hasSize(documents));
    assertThat(ground.committed.of(BUILD)).isEmpty();
    return halt;
  }

  @ConcurrentTest
  void killedAfterTheCommitBeforeTheOutbox() throws Exception {
    try (Ground ground = broker.ground("commit")) {
      // Given a build that has succeeded, and whose image nobody knows
      DebuggedProcess victim = ground.coordinatorProcess("c1");
      ground.owner("c2");
      ground.worker("w1");
      Halt saying = victim.haltAt(CORE + "Outbox", "append");
      ground.build(BUILD, Duration.ZERO);
      saying.await();
      assertThat(ground.all.awaitBuild(BUILD, Phase.SUCCEEDED).outbox()).hasSize(1);
      assertThat(ground.all.log).noneMatch(event -> event.data() instanceof ImageEvent.Published);
      // When
      victim.kill();
      // Then the other one says it
      Invariants.check(ground, BUILD, 1, "w1");
    }
  }

  @ConcurrentTest
  void killedInTheMiddleOfTheOutbox() throws Exception {
    try (Ground ground = broker.ground("outbox")) {
      // Given a next attempt that is announced, and that nobody can be handed
      DebuggedProcess victim = ground.coordinatorProcess("c1");
      ground.owner("c2");
      WorkerQueue first = busyWorker(ground);
      Halt appending = victim.haltAt(CORE + "kafka.RecordAnnouncer", "append");
      ground.all.close(first);
      appending.await();
      ground.awaitSaid(BUILD, event -> event.data() instanceof BuildEvent.Requeued);
      assertThat(requests(ground, 2)).isZero();
      // When
      victim.kill();
      ground.worker("w2");
      // Then the other one says all of it again, and readers drop what they have heard
      Invariants.check(ground, BUILD, 2, "w2");
      assertThat(ground.said(BUILD))
          .filteredOn(event -> event.data() instanceof BuildEvent.Requeued)
          .hasSize(2);
      assertThat(ground.all.believed(BUILD))
          .filteredOn(data -> data instanceof BuildEvent.Requeued)
          .hasSize(1);
    }
  }

  @ConcurrentTest
  void killedAfterTheOutboxBeforeItForgotIt() throws Exception {
    try (Ground ground = broker.ground("said")) {
      // Given a next attempt that is in the queue, and still in the outbox
      DebuggedProcess victim = ground.coordinatorProcess("c1");
      ground.owner("c2");
      WorkerQueue first = busyWorker(ground);
      Halt forgetting = victim.haltAt(CORE + "OwnerLogic", "forget");
      ground.all.close(first);
      forgetting.await();
      assertThat(ground.all.awaitBuild(BUILD, build -> build.attempt() == 2).outbox()).hasSize(1);
      await()
          .atMost(Installation.PATIENCE)
          .untilAsserted(() -> assertThat(requests(ground, 2)).isEqualTo(1));
      // When
      victim.kill();
      ground.worker("w2");
      // Then it is in the queue twice, and done once
      Invariants.check(ground, BUILD, 2, "w2");
      assertThat(requests(ground, 2)).isEqualTo(2);
      assertThat(ground.said(BUILD))
          .filteredOn(event -> event.attempt() == 2 && event.data() instanceof BuildEvent.Started)
          .hasSize(1);
    }
  }

  private static WorkerQueue busyWorker(Ground ground) throws InterruptedException {
    WorkerQueue worker = ground.patientWorker("w1");
    ground.build(BUILD, Ground.ENDLESS);
    ground.all.awaitBuild(BUILD, Phase.RUNNING);
    return worker;
  }

  private static long requests(Ground ground, int attempt) {
    return ground.all.requests.stream()
        .filter(record -> BUILD.equals(record.key()) && RequestCodec.attemptOf(record) == attempt)
        .count();
  }

  /** Nothing fences its producer, which had no transaction open: only the group's generation. */
  @ConcurrentTest
  void frozenBeforeItBeganATransaction() throws Exception {
    try (Ground ground = broker.ground("frozen-idle")) {
      // Given an owner that is frozen when it has decided on a grant, and does not know that by now
      // the build has succeeded
      Frozen frozen = freezeAtItsGrant(ground, "beginTransaction", 0);
      // When it goes on and writes its grant
      Halt written = frozen.victim().holdThreadAt(PRODUCER, "sendOffsetsToTransaction", OWNER);
      frozen.halt().goOn();
      written.await();
      await()
          .atMost(Installation.PATIENCE)
          .untilAsserted(() ->
              assertThat(ground.written.of(BUILD).getLast().document().phase())
                  .as("what the last document tells a careless reader")
                  .isEqualTo(Phase.ASSIGNED));
      written.goOn();
      // Then
      assertThatItIsFenced(ground, frozen);
    }
  }

  @ConcurrentTest
  @Tag("long")
  void frozenAfterItSentDocuments() throws Exception {
    try (Ground ground = broker.ground("frozen-documents")) {
      Frozen frozen = freezeAtItsGrant(ground, "sendOffsetsToTransaction", 1);
      frozen.halt().goOn();
      assertThatItIsFenced(ground, frozen);
    }
  }

  @ConcurrentTest
  void frozenBeforeTheCommit() throws Exception {
    try (Ground ground = broker.ground("frozen-commit")) {
      Frozen frozen = freezeAtItsGrant(ground, "commitTransaction", 1);
      frozen.halt().goOn();
      assertThatItIsFenced(ground, frozen);
    }
  }

  /**
   * An owner that was frozen, is back, and stands where it stood; meanwhile another one took over.
   */
  private record Frozen(DebuggedProcess victim, Halt halt, Owner rival) {}

  private static Frozen freezeAtItsGrant(Ground ground, String method, int documents)
      throws Exception {
    DebuggedProcess victim = ground.coordinatorProcess("c1");
    Owner rival = ground.owner("c2");
    ground.worker("w1");
    ground.awaitKnown("w1");
    Halt halt = haltAtAGrant(ground, victim, method, documents);
    victim.freeze();
    ground.all.awaitBuild(BUILD, Phase.SUCCEEDED);
    victim.thaw();
    return new Frozen(victim, halt, rival);
  }

  /** It throws away what it knows, what it wrote is nowhere, and it works again. */
  private static void assertThatItIsFenced(Ground ground, Frozen frozen) throws Exception {
    frozen.victim().awaitSaid(Pattern.compile("the owner begins anew"));
    Invariants.check(ground, BUILD, 1, "w1");
    assertThat(ground.uncommitted(BUILD))
        .extracting(stored -> stored.document().phase())
        .containsExactly(Phase.ASSIGNED);
    ground.all.close(frozen.rival());
    for (int partition = 0; partition < Ground.PARTITIONS; partition++) {
      String next = Ground.idIn(partition, "next");
      ground.build(next, Duration.ZERO);
      Invariants.check(ground, next, 1, "w1");
    }
  }

  @ConcurrentTest
  void noneForFarLongerThanAWorkerMayBeSilent() throws Exception {
    try (Ground ground = broker.ground("none")) {
      leaveWithoutCoordinator(ground, Duration.ofSeconds(12));
    }
  }

  @ConcurrentTest
  @Tag("long")
  void noneForAMinute() throws Exception {
    try (Ground ground = broker.ground("none-for-a-minute")) {
      leaveWithoutCoordinator(ground, Duration.ofMinutes(1));
    }
  }

  private static void leaveWithoutCoordinator(Ground ground, Duration away) throws Exception {
    // Given two builds at work, one that ends while there is no coordinator and one after that
    DebuggedProcess only = ground.coordinatorProcess("c1");
    ground.patientWorker("w1");
    ground.build("ends-meanwhile", away.dividedBy(2));
    ground.build("ends-later", away.plusSeconds(4));
    ground.all.awaitBuild("ends-meanwhile", Phase.RUNNING);
    ground.all.awaitBuild("ends-later", Phase.RUNNING);
    // When
    only.kill();
    long since = System.nanoTime();
    ground.worker("w2");
    ground.build("waits", Duration.ZERO);
    // Then builds go on, and a claim waits
    ground.awaitClaim("waits", "w2");
    ground.awaitSaid("ends-meanwhile", event -> event.data() instanceof BuildEvent.Succeeded);
    await().atMost(away.multipliedBy(2)).until(() -> System.nanoTime() - since >= away.toNanos());
    assertThat(ground.written.of("waits")).isEmpty();
    assertThat(ground.said("waits")).hasSize(1);
    assertThat(ground.committed.of("ends-meanwhile").getLast().document())
        .extracting(BuildDocument::phase)
        .isEqualTo(Phase.RUNNING);
    // When one is back, then nothing was lost
    ground.coordinatorProcess("c1");
    Invariants.check(ground, "ends-meanwhile", 1, "w1");
    Invariants.check(ground, "ends-later", 1, "w1");
    Invariants.check(ground, "waits", 1, "w2");
    assertThat(ground.all.log).noneMatch(event -> event.data() instanceof BuildEvent.Requeued);
  }
}
