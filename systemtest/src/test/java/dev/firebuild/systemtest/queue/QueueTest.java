package dev.firebuild.systemtest.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.coordinator.owner.kafka.Owner;
import dev.firebuild.messaging.DeadLetters;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.BuildDocument.Phase;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.worker.queue.WorkerQueue;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The life of a request on a real broker, with engines that only wait. */
@Tag("real")
@Timeout(180)
class QueueTest {
  @TempDir Path dir;
  private BrokerProcess broker;
  private Installation all;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    broker = startBroker(0);
    all = new Installation(broker.access().clientProperties());
  }

  @AfterEach
  void stop() throws Exception {
    processes.forEach(Process::destroyForcibly);
    all.close();
    broker.close();
  }

  @Test
  void aBuildIsClaimedGrantedAndDoneAndItsImageIsKnown() throws Exception {
    // Given
    all.owner("c1");
    all.worker("w1");
    // When
    all.build("b1", 0);
    // Then
    BuildDocument document = all.awaitBuild("b1", Phase.SUCCEEDED);
    assertThat(document.attempt()).isEqualTo(1);
    assertThat(document.digest()).contains(FakeBuilds.DIGEST);
    assertThat(all.believed("b1"))
        .extracting(data -> data.getClass().getSimpleName())
        .containsExactly("Claimed", "Started", "Log", "Succeeded");
    await()
        .atMost(Installation.PATIENCE)
        .untilAsserted(
            () -> assertThat(all.documents).containsKey(ImageDocument.key("image-of-b1:latest")));
  }

  @Test
  void copiesOfARequestAreDoneOnce() throws Exception {
    // Given
    all.owner("c1");
    all.worker("w1");
    all.worker("w2");
    // When
    for (int i = 0; i < 6; i++) {
      all.build("twice", 200);
    }
    all.awaitBuild("twice", Phase.SUCCEEDED);
    all.build("after", 0);
    all.awaitBuild("after", Phase.SUCCEEDED);
    // Then
    assertThat(all.log.stream().filter(e -> e.subject().equals("twice")).map(e -> e.data()))
        .filteredOn(data -> data instanceof BuildEvent.Started)
        .hasSize(1);
  }

  @Test
  void aKilledWorkersBuildIsDoneElsewhereWithinFourSeconds() throws Exception {
    // Given a build on a worker of its own process
    all.owner("c1");
    Process victim = workerProcess("w1");
    all.build("b1", 3000);
    all.awaitBuild("b1", Phase.RUNNING);
    all.worker("w2");
    // When that process is killed
    long killed = System.nanoTime();
    victim.destroyForcibly();
    // Then
    BuildDocument again = all.awaitBuild("b1", b -> b.phase() == Phase.RUNNING && b.attempt() == 2);
    assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(4));
    assertThat(again.assignment().orElseThrow().claim().worker()).isEqualTo("w2");
    all.awaitBuild("b1", Phase.SUCCEEDED);
    assertThat(all.believed("b1")).filteredOn(d -> d instanceof BuildEvent.Succeeded).hasSize(1);
    assertThat(all.believed("b1")).filteredOn(d -> d instanceof BuildEvent.Requeued).hasSize(1);
  }

  @Test
  void aWorkerThatEndsGivesItsBuildBack() throws Exception {
    // Given
    all.owner("c1");
    WorkerQueue first = all.worker("w1");
    all.build("b1", 2000);
    all.awaitBuild("b1", Phase.RUNNING);
    all.worker("w2");
    // When
    all.close(first);
    // Then
    BuildDocument done = all.awaitBuild("b1", Phase.SUCCEEDED);
    assertThat(done.attempt()).isEqualTo(2);
    assertThat(done.assignment().orElseThrow().claim().worker()).isEqualTo("w2");
  }

  @Test
  void aRestartedCoordinatorGoesOn() throws Exception {
    // Given a build at work and no coordinator any more
    Owner first = all.owner("c1");
    all.worker("w1");
    all.build("running", 3000);
    all.awaitBuild("running", Phase.RUNNING);
    all.close(first);
    all.build("waiting", 0);
    // When one comes back
    all.owner("c1");
    // Then
    assertThat(all.awaitBuild("running", Phase.SUCCEEDED).attempt()).isEqualTo(1);
    assertThat(all.awaitBuild("waiting", Phase.SUCCEEDED).attempt()).isEqualTo(1);
  }

  @Test
  void aCoordinatorThatHasCaughtUpHasDecidedOnWhatWasSaidWithoutIt() throws Exception {
    // Given a build that ends while there is no coordinator
    Owner first = all.owner("c1");
    all.worker("w1");
    all.build("b1", 2000);
    all.awaitBuild("b1", Phase.RUNNING);
    all.close(first);
    await()
        .atMost(Installation.PATIENCE)
        .until(() -> all.log.stream().anyMatch(e -> e.data() instanceof BuildEvent.Succeeded));
    // When one is back
    all.owner("c1").caughtUp().get(Installation.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    // Then its document needs no waiting for, only reading
    all.believed("b1");
    assertThat(all.documents.get(BuildDocument.key("b1")))
        .isInstanceOfSatisfying(
            BuildDocument.class, build -> assertThat(build.phase()).isEqualTo(Phase.SUCCEEDED));
  }

  @Test
  void cancelBeforeTheClaimSettlesAtOnce() throws Exception {
    // Given a request and no worker
    all.owner("c1");
    all.build("b1", 0);
    // When
    all.command("b1", new Command.Cancel(Optional.of("changed my mind")));
    // Then it is settled, and a worker that comes later does not do it
    all.awaitBuild("b1", Phase.CANCELLED);
    all.worker("w1");
    all.build("b2", 0);
    all.awaitBuild("b2", Phase.SUCCEEDED);
    assertThat(all.believed("b1")).containsExactly(new BuildEvent.Cancelled("changed my mind"));
    assertThat(all.log)
        .noneMatch(e -> e.subject().equals("b1") && e.data() instanceof BuildEvent.Started);
  }

  @Test
  void cancelReachesTheWorkerThatBuilds() throws Exception {
    // Given
    all.owner("c1");
    all.worker("w1");
    all.build("b1", 60_000);
    all.awaitBuild("b1", Phase.RUNNING);
    // When
    all.command("b1", new Command.Cancel(Optional.empty()));
    // Then
    all.awaitBuild("b1", Phase.CANCELLED);
    assertThat(all.believed("b1").getLast()).isEqualTo(new BuildEvent.Cancelled("cancelled"));
  }

  @Test
  void anEngineThatThrowsIsAFailedBuild() throws Exception {
    // Given
    all.owner("c1");
    all.worker("w1");
    // When
    all.send(
        RequestCodec.encode(
            all.settings.topics().buildRequests(),
            "b1",
            Installation.request(
                "b1", new Source.Context(new Digest("sha256:" + "0".repeat(64)), Optional.empty())),
            1,
            Optional.empty()));
    // Then
    assertThat(all.awaitBuild("b1", Phase.FAILED).failure().orElseThrow().code())
        .isEqualTo(FailureCode.INTERNAL);
  }

  @Test
  void aForeignProducersRequestWithoutIdIsABuild() throws Exception {
    // Given
    all.owner("c1");
    all.worker("w1");
    // When
    all.foreign("{\"tag\": \"theirs\", \"source\": {\"dockerfile\": \"# 0\"}, \"mood\": \"good\"}");
    // Then its id tells where the record lies (the first one is the warm-up)
    all.awaitBuild("firebuild.build-requests-0-1", Phase.SUCCEEDED);
  }

  @Test
  void malformedRequestsBecomeDeadLettersAndTheQueueGoesOn() throws Exception {
    // Given
    all.owner("c1");
    all.worker("w1");
    // When
    all.foreign("{\"tag\": \"x\"}");
    all.foreign("not even JSON");
    all.foreign("{\"tag\": \"" + "x".repeat(2 << 20) + "\"}");
    all.build("good", 0);
    // Then
    all.awaitBuild("good", Phase.SUCCEEDED);
    await().atMost(Installation.PATIENCE).untilAsserted(() -> assertThat(all.letters).hasSize(3));
    assertThat(all.letters)
        .extracting(letter ->
            new String(
                letter.headers().lastHeader(DeadLetters.REASON).value(), StandardCharsets.UTF_8))
        .anyMatch(reason -> reason.contains("source: is required"))
        .anyMatch(reason -> reason.contains("at most 1048576"));
    assertThat(all.letters).allMatch(letter -> letter.value().length <= 64 << 10);
  }

  @Test
  void aBuildOutlivesTheBroker() throws Exception {
    // Given
    all.owner("c1");
    all.worker("w1");
    all.build("b1", 4000);
    all.awaitBuild("b1", Phase.RUNNING);
    // When the broker is killed and comes back
    int port = Integer.parseInt(broker.access().bootstrap().substring("127.0.0.1:".length()));
    broker.kill();
    broker = startBroker(port);
    // Then it is done in its first attempt, and new ones are done too
    assertThat(all.awaitBuild("b1", Phase.SUCCEEDED).attempt()).isEqualTo(1);
    all.build("b2", 0);
    all.awaitBuild("b2", Phase.SUCCEEDED);
  }

  @Test
  void aVmRunsIsStoppedAndRemoved() throws Exception {
    // Given
    all.owner("c1");
    all.worker("w1");
    all.run("v1", Optional.of("web"));
    all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.RUNNING);
    // When another one wants the same name, then
    all.run("v2", Optional.of("web"));
    VmDocument refused = all.awaitVm("v2", vm -> vm.phase() == VmDocument.Phase.FAILED);
    assertThat(refused.failure().orElseThrow().message()).contains("web");
    await()
        .atMost(Installation.PATIENCE)
        .untilAsserted(
            () -> assertThat(all.believed("v2").getLast()).isInstanceOf(VmEvent.Rejected.class));
    // When
    all.command("v1", new Command.Stop(Optional.empty()));
    all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.EXITED);
    all.command("v1", new Command.Remove(false));
    // Then
    all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.REMOVED);
    all.run("v3", Optional.of("web"));
    all.awaitVm("v3", vm -> vm.phase() == VmDocument.Phase.RUNNING);
  }

  @Test
  void aRestartedWorkerHoldsItsVmsAgain() throws Exception {
    // Given
    all.owner("c1");
    WorkerQueue first = all.worker("w1");
    all.run("v1", Optional.empty());
    all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.RUNNING);
    // When
    all.close(first);
    all.awaitVm("v1", vm -> !vm.reachable());
    FakeRuns runs = new FakeRuns("w1");
    all.worker("w1", runs);
    // Then
    all.awaitVm("v1", VmDocument::reachable);
    assertThat(runs.running).containsKey("v1");
    all.command("v1", new Command.Remove(true));
    all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.REMOVED);
  }

  private BrokerProcess startBroker(int port) throws InterruptedException {
    return BrokerProcess.start(
        BrokerProcess.Options.like(
            dir.resolve("data"),
            port,
            "a-test-password",
            dir.resolve("broker.log"),
            Duration.ofSeconds(90)));
  }

  private Process workerProcess(String id) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(FakeWorkerMain.class.getName(), id));
    all.settings.client().forEach((name, value) -> command.addAll(List.of(name, value)));
    Process process =
        new ProcessBuilder(command).redirectError(new File(dir.toFile(), "worker.log")).start();
    processes.add(process);
    // What else it prints is of its logging.
    assertThat(process.inputReader(StandardCharsets.UTF_8).lines().anyMatch("OPEN"::equals))
        .isTrue();
    return process;
  }
}
