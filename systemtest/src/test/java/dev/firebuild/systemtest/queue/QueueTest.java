package dev.firebuild.systemtest.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.coordinator.owner.kafka.Owner;
import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.Partitions;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.BuildDocument.Phase;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.ImageEvent;
import dev.firebuild.protocol.event.NameEvent;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.systemtest.fake.FakeBuilds;
import dev.firebuild.systemtest.fake.FakeRuns;
import dev.firebuild.systemtest.fake.FakeWorkerMain;
import dev.firebuild.systemtest.harness.TestBroker;
import dev.firebuild.worker.queue.WorkerQueue;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The life of a request on a real broker, with engines that only wait. */
@Tag("real")
@Timeout(180)
class QueueTest {
  private static BrokerProcess broker;

  @TempDir Path dir;
  private Installation all;
  private final List<Process> processes = new ArrayList<>();

  @BeforeAll
  static void startBroker(@TempDir Path home) throws Exception {
    broker = TestBroker.in(home);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void start(TestInfo test) throws Exception {
    Topics topics = new Topics("t-" + test.getTestMethod().orElseThrow().getName());
    all = new Installation(KafkaSettings.of(broker.access().clientProperties()).withTopics(topics));
  }

  @AfterEach
  void stop() throws Exception {
    processes.forEach(Process::destroyForcibly);
    all.close();
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
  void whatIsClaimedLateWasCreatedWhenItWasAskedFor() throws Exception {
    // Given a request that nobody claims yet
    all.build("b1", 0);
    await().atMost(Installation.PATIENCE).until(() -> !all.requests.isEmpty());
    // When
    all.owner("c1");
    all.worker("w1");
    // Then
    assertThat(all.awaitBuild("b1", Phase.SUCCEEDED).createdAt())
        .isEqualTo(Instant.ofEpochMilli(all.requests.getFirst().timestamp()));
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
    all.build("b1", Duration.ofMinutes(10).toMillis());
    all.awaitBuild("b1", Phase.RUNNING);
    all.worker("w2");
    // When
    all.close(first);
    // Then
    BuildDocument again = all.awaitBuild("b1", b -> b.phase() == Phase.RUNNING && b.attempt() == 2);
    assertThat(again.assignment().orElseThrow().claim().worker()).isEqualTo("w2");
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
    all.awaitBuild(all.settings.topics().buildRequests() + "-0-1", Phase.SUCCEEDED);
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
    all.command("v1", Command.Remove.vm(false));
    // Then
    all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.REMOVED);
    all.run("v3", Optional.of("web"));
    all.awaitVm("v3", vm -> vm.phase() == VmDocument.Phase.RUNNING);
  }

  @Test
  void removingAVmLeavesTheKernelOfThatName() throws Exception {
    // Given a kernel, and a VM whose foreign producer chose the same name as its id
    all.owner("c1");
    all.worker("w1");
    all.say(
        new Event(
            "k",
            "test",
            "default",
            Instant.now(),
            0,
            "test",
            1,
            new ImageEvent.KernelPublished(
                "default", FakeBuilds.DIGEST, "b", "w1", Instant.now())));
    all.run("default", Optional.empty());
    all.awaitVm("default", vm -> vm.phase() == VmDocument.Phase.RUNNING);
    await()
        .atMost(Installation.PATIENCE)
        .until(() -> all.documents.containsKey(KernelDocument.key("default")));
    // When
    all.command("default", new Command.Remove(true, Optional.empty()));
    // Then
    all.awaitVm("default", vm -> vm.phase() == VmDocument.Phase.REMOVED);
    assertThat(all.documents).containsKey(KernelDocument.key("default"));
    // When the kernel is meant, then it goes
    all.command("default", Command.Remove.of(Command.Remove.Kind.KERNEL));
    await()
        .atMost(Installation.PATIENCE)
        .until(() -> !all.documents.containsKey(KernelDocument.key("default")));
  }

  @Test
  void aRequeuedRequestKeepsItsTrace() throws Exception {
    // Given a traced build on a worker that ends
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    all.owner("c1");
    WorkerQueue first = all.worker("w1");
    all.send(
        RequestCodec.encode(
            all.settings.topics().buildRequests(),
            "b1",
            Installation.request("b1", new Source.Inline("# 60000")),
            1,
            Optional.of(trace)));
    all.awaitBuild("b1", Phase.RUNNING);
    // When
    all.close(first);
    // Then the next attempt's record has the context, and what is said of it
    await()
        .atMost(Installation.PATIENCE)
        .until(() -> all.requests.stream().anyMatch(record -> RequestCodec.attemptOf(record) == 2));
    assertThat(all.requests)
        .filteredOn(record -> "b1".equals(record.key()))
        .extracting(RequestCodec::attemptOf, RequestCodec::traceparentOf)
        .containsExactly(tuple(1, Optional.of(trace)), tuple(2, Optional.of(trace)));
  }

  @Test
  void aNameIsOneVmsAlsoWithTwoCoordinators() throws Exception {
    // Given two coordinators that share the partitions, and two workers
    all.owner("c1").caughtUp().get(Installation.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    all.owner("c2").caughtUp().get(Installation.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    all.worker("w1");
    all.worker("w2");
    List<String> names = IntStream.range(0, 20).mapToObj("name-%d"::formatted).toList();
    // When everything is wanted twice at the same time
    for (String name : names) {
      all.run("a-" + name, Optional.of(name));
      all.run("b-" + name, Optional.of(name));
    }
    // Then of each pair one runs, and the other one is refused
    for (String name : names) {
      assertThat(
              Stream.of("a-" + name, "b-" + name)
                  .map(id ->
                      all.awaitVm(
                              id,
                              vm ->
                                  vm.phase() == VmDocument.Phase.RUNNING || vm.phase().isSettled())
                          .phase()))
          .as(name)
          .containsExactlyInAnyOrder(VmDocument.Phase.RUNNING, VmDocument.Phase.FAILED);
    }
    assertThat(all.log)
        .as("names of the other coordinator are asked for")
        .anyMatch(event -> event.data() instanceof NameEvent.Wanted);
    // When those that run are removed, then their names are free at once
    for (String name : names) {
      String winner =
          ((NameDocument) Objects.requireNonNull(all.documents.get(NameDocument.key(name)))).vm();
      all.command(winner, Command.Remove.vm(true));
      all.awaitVm(winner, vm -> vm.phase() == VmDocument.Phase.REMOVED);
      all.run("c-" + name, Optional.of(name));
    }
    for (String name : names) {
      all.awaitVm("c-" + name, vm -> vm.phase() == VmDocument.Phase.RUNNING);
    }
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
    all.command("v1", Command.Remove.vm(true));
    all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.REMOVED);
  }

  @Test
  void aHostsClockThatIsSetBackLosesNothingOfItsVms() throws Exception {
    // Given a VM whose worker ends
    all.owner("c1");
    WorkerQueue first = all.worker("w1");
    all.run("v1", Optional.empty());
    all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.RUNNING);
    all.close(first);
    all.awaitVm("v1", vm -> !vm.reachable());
    // When it is back, and its host's clock is a day behind
    all.worker(
        "w1",
        new FakeRuns("w1"),
        InstantSource.offset(InstantSource.system(), Duration.ofDays(-1)));
    // Then its heartbeats count, and so does what it says of the VM
    all.awaitVm("v1", VmDocument::reachable);
    all.command("v1", new Command.Stop(Optional.empty()));
    all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.EXITED);
    assertThat(all.believed("v1").getLast()).isInstanceOf(VmEvent.Exited.class);
  }

  @Test
  void aVmWhoseWorkerWasKilledAsItBeganToRunIsTakenOver() throws Exception {
    // Given a VM that runs, of which its worker was killed before it said so
    all.owner("c1");
    String instance = killedAsItsVmBeganToRun("v1");
    // When the worker is back
    FakeRuns runs = new FakeRuns("w1");
    runs.outlived.add("v1");
    all.worker("w1", runs);
    // Then it has the VM, which was never tried again, also later
    VmDocument running = all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.RUNNING);
    assertThat(running.attempt()).isEqualTo(1);
    assertThat(running.assignment().orElseThrow().instance()).isEqualTo(instance);
    assertThat(runs.running).containsKey("v1");
    all.command("v1", Command.Remove.vm(true));
    all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.REMOVED);
    assertThat(all.believed("v1"))
        .extracting(data -> data.getClass().getSimpleName())
        .containsExactly("Claimed", "Starting", "Running", "Exited", "Removed");
  }

  @Test
  void aVmThatWasGivenAwayMeanwhileIsNotTakenOver() throws Exception {
    // Given a VM whose worker was killed, and which runs elsewhere by now
    all.owner("c1");
    killedAsItsVmBeganToRun("v1");
    FakeRuns elsewhere = new FakeRuns("w2");
    all.worker("w2", elsewhere);
    all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.RUNNING && vm.attempt() == 2);
    // When the first worker is back and still has it
    FakeRuns runs = new FakeRuns("w1");
    runs.outlived.add("v1");
    all.worker("w1", runs);
    // Then it is none of its VMs (what is no worker's is removed)
    assertThat(runs.running).isEmpty();
    assertThat(elsewhere.running).containsKey("v1");
  }

  @Test
  void aVmThatIsGivenAwayAfterItWasTakenOverEnds() throws Exception {
    // Given a worker that has taken over a VM, and has not yet been heard
    Owner owner = all.owner("c1");
    killedAsItsVmBeganToRun("v1");
    all.close(owner);
    FakeRuns runs = new FakeRuns("w1", false);
    runs.outlived.add("v1");
    all.worker("w1", runs);
    assertThat(runs.running).containsKey("v1");
    // When an owner decides that it is lost
    VmDocument requeued = all.awaitVm("v1", _ -> true).requeued(2);
    all.send(
        new ProducerRecord<>(
            all.settings.topics().state(),
            Partitions.of(requeued.id(), all.settings.partitions()),
            requeued.key(),
            DocumentCodec.encode(requeued)));
    // Then it goes, in silence
    await().atMost(Installation.PATIENCE).until(runs.running::isEmpty);
    assertThat(all.believed("v1"))
        .extracting(data -> data.getClass().getSimpleName())
        .containsExactly("Claimed", "Starting");
  }

  /** The instance that was granted to {@code w1}. */
  private String killedAsItsVmBeganToRun(String id) throws Exception {
    Process victim = workerProcess("w1");
    all.run(id, Optional.empty());
    VmDocument starting = all.awaitVm(id, vm -> vm.phase() == VmDocument.Phase.STARTING);
    victim.destroyForcibly();
    victim.waitFor();
    return starting.assignment().orElseThrow().instance();
  }

  private Process workerProcess(String id) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("-D%s=%s".formatted(FakeWorkerMain.TOPICS, all.settings.topics().prefix()));
    command.addAll(List.of(FakeWorkerMain.class.getName(), id, Long.toString(all.nextLife())));
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
