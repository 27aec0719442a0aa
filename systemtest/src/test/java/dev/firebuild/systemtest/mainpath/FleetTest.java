package dev.firebuild.systemtest.mainpath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.EmbeddedKafka;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.decision.SubjectFold;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.recordcheck.WholeLog;
import dev.firebuild.systemtest.engine.Supplies;
import dev.firebuild.systemtest.harness.FreePorts;
import dev.firebuild.worker.host.DurableFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One coordinator and two workers with real VMs, as processes of their own. */
@Tag("real")
@SuppressWarnings("NullAway.Init")
class FleetTest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration TAKE_OVER = Duration.ofSeconds(4);
  private static final Duration FROZEN = Duration.ofSeconds(20);

  private Path root;
  private EmbeddedKafka kafka;
  private Fleet fleet;

  @BeforeEach
  void start() throws Exception {
    // Short: a socket's path has at most 107 bytes.
    root = Files.createTempDirectory("fbf");
    kafka = EmbeddedKafka.start(root.resolve("kafka"));
    fleet = Fleet.start(root, kafka.access().clientProperties(), FreePorts.one());
    Supplies.install(fleet::command);
  }

  @AfterEach
  void stop() throws Exception {
    fleet.close();
    WholeLog.requireClean(kafka.access().clientProperties(), Topics.DEFAULT);
    kafka.close();
    DurableFiles.deleteTree(root);
  }

  @Test
  void killedWorkersBuildIsFinishedByAnother() throws Exception {
    try (Arrivals arrivals = Arrivals.of(kafka.access().clientProperties())) {
      // Given a build in the middle of a step
      Path context =
          Folders.dockerfile(root, "FROM busybox\nRUN echo begun; sleep 6; echo ended > /e\n");
      Process build = fleet.startBuild("survivor", context);
      Arrivals.Arrival begun = arrivals.await("begun", FleetTest::isBegun);
      String id = begun.event().subject();
      String first = begun.event().source();
      HostView host = fleet.hostOf(first);
      assertThat(host.vmProcesses()).isNotEmpty();

      // When
      long killed = System.nanoTime();
      fleet.kill(first);

      // Then the other one has it, soon
      Arrivals.Arrival again =
          arrivals.await(
              "started again",
              event ->
                  event.subject().equals(id)
                      && event.attempt() == 2
                      && event.data() instanceof BuildEvent.Started);
      assertThat(again.event().source()).isNotEqualTo(first);
      assertThat(Duration.ofNanos(again.nanos() - killed)).isLessThan(TAKE_OVER);
      assertThat(host.vmProcesses()).as("VMs outlive a killed worker").isNotEmpty();

      // Then it finishes it, once
      assertThat(build.waitFor(PATIENCE)).isTrue();
      assertThat(build.exitValue()).isZero();
      assertThatItEndedOnce(arrivals, id);

      // When the killed one comes back
      fleet.startWorker(first);

      // Then it clears away what it had left
      await().atMost(PATIENCE).until(host::isClean);
    }
  }

  @Test
  @Tag("long")
  void frozenWorkersBuildIsFinishedByAnotherAndItEndsItsOwnVm() throws Exception {
    try (Arrivals arrivals = Arrivals.of(kafka.access().clientProperties())) {
      // Given a build in the middle of a step, whose worker is taken off the processors
      Path context =
          Folders.dockerfile(root, "FROM busybox\nRUN echo begun; sleep 15; echo ended > /e\n");
      Process build = fleet.startBuild("survivor", context);
      Event begun = arrivals.await("begun", FleetTest::isBegun).event();
      String id = begun.subject();
      String first = begun.source();
      HostView host = fleet.hostOf(first);
      fleet.freeze(first);
      long frozen = System.nanoTime();

      // When another one has it, and the step ends in the VM of the first one meanwhile
      arrivals.await(
          "started again",
          event ->
              event.subject().equals(id)
                  && event.attempt() == 2
                  && event.data() instanceof BuildEvent.Started);
      await().atMost(PATIENCE).until(() -> System.nanoTime() - frozen >= FROZEN.toNanos());
      assertThat(host.vmProcesses()).as("VMs of a frozen worker").isNotEmpty();
      fleet.thaw(first);

      // Then it ends its VM by itself
      await().atMost(PATIENCE).until(host::isClean);

      // Then the other one finishes it, once
      assertThat(build.waitFor(PATIENCE)).isTrue();
      assertThat(build.exitValue()).isZero();
      assertThatItEndedOnce(arrivals, id);
    }
  }

  private static void assertThatItEndedOnce(Arrivals arrivals, String id) {
    SubjectFold fold = SubjectFold.fresh();
    List<Event> ends =
        arrivals.all().stream()
            .filter(event -> event.subject().equals(id))
            .filter(fold::accept)
            .filter(event -> SubjectFold.isTerminal(event.data()))
            .toList();
    assertThat(ends).hasSize(1);
    assertThat(ends.getFirst().attempt()).isEqualTo(2);
    assertThat(ends.getFirst().data()).isInstanceOf(BuildEvent.Succeeded.class);
  }

  private static boolean isBegun(Event event) {
    return event.data() instanceof BuildEvent.Log log
        && log.chunk().text().orElse("").equals("begun\n");
  }
}
