package dev.firebuild.systemtest.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.BuildDocument.Phase;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.systemtest.queue.Installation;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker that is killed, or frozen, at each moment of a build's life. */
@Tag("real")
@Timeout(180)
@SuppressWarnings("NullAway.Init")
class WorkerFaultTest {
  private static final String SLOT = "dev.firebuild.worker.queue.Slot";
  private static final String HOLDING = "dev.firebuild.worker.queue.Holding";
  private static final String QUEUE = "dev.firebuild.messaging.HandOutConsumer";

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
  void killedWhileAcquiring() throws Exception {
    try (Ground ground = broker.ground("acquiring")) {
      // Given a worker that was handed a request and has said nothing
      ground.owner("c1");
      DebuggedProcess victim = ground.workerProcess("victim", Ground.ENDLESS);
      Halt handed = victim.haltAt(SLOT, "handle");
      ground.all.build("b", 0);
      handed.await();
      assertThat(ground.all.believed("b")).isEmpty();
      assertThat(ground.said("b")).isEmpty();
      // When
      victim.kill();
      ground.worker("survivor");
      // Then nobody needs to miss it: another one is handed the same attempt
      Invariants.check(ground, "b", 1, "survivor");
    }
  }

  @ConcurrentTest
  void killedAfterItsClaimIsStored() throws Exception {
    try (Ground ground = broker.ground("claimed")) {
      // Given a claim that nobody has answered, since there is no coordinator
      DebuggedProcess victim = ground.workerProcess("victim", Ground.ENDLESS);
      ground.all.build("b", 0);
      ground.awaitClaim("b", "victim");
      assertThat(ground.written.of("b")).isEmpty();
      // When
      victim.kill();
      ground.owner("c1");
      ground.worker("survivor");
      // Then the dead one is granted it, is missed, and another one does it
      Invariants.check(ground, "b", 2, "survivor");
      assertThat(ground.committed.of("b").getFirst().document().assignment().orElseThrow().claim())
          .satisfies(claim -> assertThat(claim.worker()).isEqualTo("victim"));
      assertThat(ground.said("b")).noneMatch(event -> event.source().equals("victim")
          && event.data() instanceof BuildEvent.Started);
    }
  }

  @ConcurrentTest
  void killedAfterItsGrantIsRead() throws Exception {
    try (Ground ground = broker.ground("granted")) {
      // Given a worker that knows of its grant, and nobody knows that it knows
      ground.owner("c1");
      DebuggedProcess victim = ground.workerProcess("victim", Ground.ENDLESS);
      Halt granted = victim.haltAt(SLOT, "work");
      ground.all.build("b", 0);
      granted.await();
      assertThat(ground.all.awaitBuild("b", Phase.ASSIGNED).assignment().orElseThrow().claim())
          .satisfies(claim -> assertThat(claim.worker()).isEqualTo("victim"));
      assertThat(ground.said("b")).hasSize(1);
      // When
      victim.kill();
      ground.worker("survivor");
      // Then
      Invariants.check(ground, "b", 2, "survivor");
    }
  }

  @ConcurrentTest
  void killedAfterStartedIsStored() throws Exception {
    try (Ground ground = broker.ground("started")) {
      // Given
      ground.owner("c1");
      DebuggedProcess victim = ground.workerProcess("victim", Ground.ENDLESS);
      Halt started = victim.haltAt(SteppedBuilds.class.getName(), "startedIsStored");
      ground.all.build("b", 0);
      started.await();
      ground.all.awaitBuild("b", Phase.RUNNING);
      assertThat(ground.said("b")).hasSize(2);
      // When
      victim.kill();
      ground.worker("survivor");
      // Then
      Invariants.check(ground, "b", 2, "survivor");
    }
  }

  @ConcurrentTest
  void killedInMidStep() throws Exception {
    try (Ground ground = broker.ground("step")) {
      // Given a step that has printed something and never ends
      ground.owner("c1");
      DebuggedProcess victim = ground.workerProcess("victim", Ground.ENDLESS);
      ground.all.build("b", 0);
      ground.awaitSaid("b", event -> event.data() instanceof BuildEvent.Log);
      // When
      victim.kill();
      ground.worker("survivor");
      // Then
      Invariants.check(ground, "b", 2, "survivor");
      assertThat(ground.all.believed("b"))
          .extracting(data -> data.getClass().getSimpleName())
          .containsExactly(
              "Claimed", "Started", "StepStarted", "Log", "Requeued",
              "Claimed", "Started", "StepStarted", "Log", "Succeeded");
    }
  }

  @ConcurrentTest
  void killedAfterSucceededBeforeAnythingElse() throws Exception {
    try (Ground ground = broker.ground("succeeded");
        Admin admin = ground.all.settings.admin("test")) {
      // Given a build whose end is stored, and whose request its worker still has in its hands
      ground.owner("c1");
      DebuggedProcess victim = ground.workerProcess("victim", Duration.ZERO);
      Halt accepting = victim.holdThreadAt(QUEUE, "accept");
      Halt succeeded = victim.haltAt(SteppedBuilds.class.getName(), "succeededIsStored");
      ground.all.build("b", 0);
      succeeded.await();
      accepting.await();
      assertThat(Requests.accepted(admin, ground.all.settings))
          .isLessThan(Requests.end(admin, ground.all.settings));
      // When
      victim.kill();
      ground.worker("survivor");
      // Then another one is handed the request, and that changes nothing
      ground.awaitClaim("b", "survivor");
      Invariants.check(ground, "b", 1, "victim");
      assertThat(ground.said("b"))
          .noneMatch(event ->
              event.source().equals("survivor") && !(event.data() instanceof BuildEvent.Claimed));
    }
  }

  @ConcurrentTest
  void frozenForTwentySeconds() throws Exception {
    try (Ground ground = broker.ground("frozen")) {
      // Given a worker with a build in a step of 8 s, which is taken off the processors
      ground.owner("c1");
      DebuggedProcess victim = ground.workerProcess("victim", Duration.ofSeconds(8));
      ground.all.build("b", 0);
      ground.awaitSaid("b", event -> event.data() instanceof BuildEvent.Log);
      BuildDocument before = ground.all.awaitBuild("b", Phase.RUNNING);
      Halt deaf = victim.holdThreadAt(HOLDING, "onDocument");
      victim.freeze();
      long frozen = System.nanoTime();
      // When another one does the build meanwhile
      ground.worker("survivor");
      ground.all.awaitBuild("b", Phase.SUCCEEDED);
      await()
          .atMost(Installation.PATIENCE)
          .until(() -> System.nanoTime() - frozen >= Duration.ofSeconds(20).toNanos());
      // and the first one comes back, ends its build before it hears of anything, and says so
      victim.thaw();
      ground.awaitSaid(
          "b",
          event ->
              event.source().equals("victim") && event.data() instanceof BuildEvent.Succeeded);
      assertThat(ground.said("b"))
          .as("what a reader believes that knows nothing of attempts")
          .filteredOn(event -> event.data() instanceof BuildEvent.Succeeded)
          .hasSize(2);
      deaf.await();
      deaf.goOn();
      // Then
      Invariants.check(ground, "b", 2, "survivor");
      String late = before.assignment().orElseThrow().instance();
      assertThat(ground.committed.of("b").getLast().document().assignment().orElseThrow().instance())
          .isNotEqualTo(late);
    }
  }
}
