package dev.firebuild.systemtest.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.decision.SubjectFold;
import dev.firebuild.protocol.document.BuildDocument.Phase;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.systemtest.queue.Installation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
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
      DebuggedProcess victim = ground.workerProcess("victim");
      Halt handed = victim.haltAt(SLOT, "handle");
      ground.build("b", Ground.ENDLESS);
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
      DebuggedProcess victim = ground.workerProcess("victim");
      ground.build("b", Ground.ENDLESS);
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
      assertThat(ground.said("b"))
          .noneMatch(event ->
              event.source().equals("victim") && event.data() instanceof BuildEvent.Started);
    }
  }

  @ConcurrentTest
  void killedAfterItsGrantIsRead() throws Exception {
    try (Ground ground = broker.ground("granted")) {
      // Given a worker that knows of its grant, and nobody knows that it knows
      ground.owner("c1");
      DebuggedProcess victim = ground.workerProcess("victim");
      Halt granted = victim.haltAt(SLOT, "work");
      ground.build("b", Ground.ENDLESS);
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
      DebuggedProcess victim = ground.workerProcess("victim");
      Halt started = victim.haltAt(SteppedBuilds.class.getName(), "startedIsStored");
      ground.build("b", Ground.ENDLESS);
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
      DebuggedProcess victim = ground.workerProcess("victim");
      ground.build("b", Ground.ENDLESS);
      ground.awaitSaid("b", event -> event.data() instanceof BuildEvent.Log);
      // When
      victim.kill();
      ground.worker("survivor");
      // Then
      Invariants.check(ground, "b", 2, "survivor");
      assertThat(ground.all.believed("b"))
          .extracting(data -> data.getClass().getSimpleName())
          .containsExactly(
              "Claimed",
              "Started",
              "StepStarted",
              "Log",
              "Requeued",
              "Claimed",
              "Started",
              "StepStarted",
              "Log",
              "Succeeded");
    }
  }

  @ConcurrentTest
  void killedAfterSucceededBeforeAnythingElse() throws Exception {
    try (Ground ground = broker.ground("succeeded");
        Admin admin = ground.all.settings.admin("test")) {
      // Given a build whose end is stored, and whose request its worker still has in its hands
      ground.owner("c1");
      DebuggedProcess victim = ground.workerProcess("victim");
      Halt accepting = victim.holdThreadAt(QUEUE, "accept");
      Halt succeeded = victim.haltAt(SteppedBuilds.class.getName(), "succeededIsStored");
      ground.build("b", Duration.ZERO);
      succeeded.await();
      accepting.await();
      assertThat(Requests.open(admin, ground.all.settings)).isNotEqualTo(Optional.of(0L));
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
      // Given a worker at work on two builds and a VM
      Api api = new Api(ground.coordinator("c1"));
      DebuggedProcess victim = ground.workerProcess("victim");
      ground.build("late", Duration.ofSeconds(8));
      ground.build("endless", Ground.ENDLESS);
      ground.all.run("vm", Optional.empty());
      ground.awaitSaid("late", event -> event.data() instanceof BuildEvent.Log);
      ground.awaitSaid("endless", event -> event.data() instanceof BuildEvent.Log);
      ground.all.awaitVm("vm", vm -> vm.phase() == VmDocument.Phase.STARTING);
      // When it is taken off the processors, and another one does its work meanwhile
      Halt deaf = victim.holdThreadAt(HOLDING, "onDocument");
      victim.freeze();
      long frozen = System.nanoTime();
      ground.worker("survivor");
      ground.all.awaitBuild("late", Phase.SUCCEEDED);
      ground.all.awaitBuild("endless", Phase.SUCCEEDED);
      ground.all.awaitVm("vm", vm -> vm.phase() == VmDocument.Phase.RUNNING && vm.attempt() == 2);
      await()
          .atMost(Installation.PATIENCE)
          .until(() -> System.nanoTime() - frozen >= Duration.ofSeconds(20).toNanos());
      // and it comes back, ends a build before it hears of anything, and says so
      victim.thaw();
      ground.awaitSaid(
          "late",
          event -> event.source().equals("victim") && event.data() instanceof BuildEvent.Succeeded);
      assertThat(ground.said("late"))
          .as("what a reader believes that knows nothing of attempts")
          .filteredOn(event -> event.data() instanceof BuildEvent.Succeeded)
          .hasSize(2);
      deaf.await();
      deaf.goOn();
      // Then it ends what it has, in silence
      victim.awaitSaid(Pattern.compile("build ended.*endless|endless.*build ended"));
      victim.awaitSaid(Pattern.compile("VM ended"));
      assertThat(ground.said("endless"))
          .filteredOn(event -> SubjectFold.isTerminal(event.data()))
          .hasSize(1);
      // and nobody believes it
      for (String build : List.of("late", "endless")) {
        Invariants.check(ground, build, 2, "survivor");
        api.agreesWith(ground, ground.all.awaitBuild(build, Phase.SUCCEEDED));
      }
      assertThat(ground.all.awaitVm("vm", _ -> true).attempt()).isEqualTo(2);
    }
  }
}
