package dev.firebuild.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.document.VmDocument.Desired;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import dev.firebuild.protocol.document.VmDocument.Phase;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.worker.ConcurrentTest;
import dev.firebuild.worker.queue.CancelReason;
import dev.firebuild.worker.queue.HeldVm;
import dev.firebuild.worker.run.RunHarness.Vm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** A worker process is killed; the next one finds its VMs. */
@Tag("real")
@SuppressWarnings("NullAway.Init")
class RunRecoveryRealTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private TestHost host;
  private RunHarness harness;
  private Optional<Process> killed = Optional.empty();

  @BeforeEach
  void make() throws Exception {
    host = TestHost.make();
    harness = new RunHarness(host.root());
  }

  @AfterEach
  void close() throws Exception {
    killed.ifPresent(Process::destroyForcibly);
    // Whatever a failed test left running.
    harness.close();
    try (RunHarness last = new RunHarness(host.root())) {
      last.engine().reconcile(List.of());
    }
    host.close();
  }

  @ConcurrentTest
  void aRunningVmIsTakenOverWithItsWholeOutput() throws Exception {
    // Given a VM that writes on and on, and a worker that is killed
    Vm vm =
        killedWorker(
            "{\"image\": \"shell\", \"command\": [\"i=0; while [ $i -lt 60 ]; do echo line $i >&$((1 + i % 2));"
                + " i=$((i+1)); sleep 0.2; done; sleep 1000\"]}",
            "line 5\n");
    VmEvent.Running running = vm.events().last(VmEvent.Running.class).orElseThrow();

    // When
    harness.engine().reconcile(List.of(vm.held(Phase.RUNNING, Desired.RUN)));

    // Then
    int length = (lines(0) + lines(1)).length();
    await().atMost(PATIENCE).until(() -> vm.events().text().length() >= length);
    // Each stream is in order; which of two is read first, nobody promises.
    assertThat(vm.events().text("stdout")).isEqualTo(lines(0));
    assertThat(vm.events().text("stderr")).isEqualTo(lines(1));
    assertThat(vm.events().names()).containsExactly("Starting", "Running");
    assertThat(ProcessHandle.of(running.pid())).isPresent();

    // When
    harness.engine().desiredChanged(vm.document(Phase.RUNNING, new Desired(Goal.REMOVE, 10)));

    // Then
    await().atMost(PATIENCE).until(() -> vm.events().last(VmEvent.Removed.class).isPresent());
    assertThat(vm.events().names())
        .containsExactly("Starting", "Running", "Stopping", "Exited", "Removed");
    assertThat(harness.leftovers()).isEmpty();
    await().atMost(PATIENCE).until(() -> !isAlive(running.pid()));
  }

  /** Every other one of 60 lines. */
  private static String lines(int first) {
    return IntStream.range(0, 30)
        .mapToObj(i -> "line %d\n".formatted(2 * i + first))
        .collect(Collectors.joining());
  }

  @ConcurrentTest
  void whatEndedMeanwhileIsTold() throws Exception {
    // Given
    Vm vm =
        killedWorker(
            "{\"image\": \"shell\", \"remove\": true, \"command\":"
                + " [\"echo up; sleep 1; seq 1 1000; exit 9\"]}",
            "up\n");

    // When
    harness.engine().reconcile(List.of(vm.held(Phase.RUNNING, Desired.RUN)));

    // Then
    await().atMost(PATIENCE).until(() -> vm.events().last(VmEvent.Removed.class).isPresent());
    assertThat(vm.events().last(VmEvent.Exited.class))
        .contains(new VmEvent.Exited(Optional.of(9), "exited"));
    assertThat(vm.events().text())
        .isEqualTo(
            "up\n"
                + IntStream.rangeClosed(1, 1000)
                    .mapToObj("%d\n"::formatted)
                    .collect(Collectors.joining()));
    assertThat(harness.leftovers()).isEmpty();
  }

  @ConcurrentTest
  void aVmOfWhichNobodyHeardIsTakenOverUntilItIsGivenAway() throws Exception {
    // Given a VM whose document says that it starts
    Vm vm = killedWorker("{\"image\": \"shell\", \"command\": [\"echo up; sleep 1000\"]}", "up\n");
    long pid = vm.events().last(VmEvent.Running.class).orElseThrow().pid();
    HeldVm held = vm.held(Phase.STARTING, Desired.RUN);
    assertThat(harness.engine().outlived(held.document())).isTrue();

    // When
    harness.engine().reconcile(List.of(held));

    // Then it is told that it runs
    await()
        .atMost(PATIENCE)
        .until(() -> vm.events().names().equals(List.of("Starting", "Running", "Running")));
    assertThat(isAlive(pid)).isTrue();

    // When another worker has it
    vm.cancellation().cancel(new CancelReason.LostGrant("another instance has the VM"));

    // Then nothing is left
    await().atMost(PATIENCE).until(() -> !isAlive(pid) && harness.leftovers().isEmpty());
  }

  @ConcurrentTest
  void whatNobodyHoldsIsRemoved() throws Exception {
    // Given
    Vm vm = killedWorker("{\"image\": \"shell\", \"command\": [\"echo up; sleep 1000\"]}", "up\n");
    long pid = vm.events().last(VmEvent.Running.class).orElseThrow().pid();
    assertThat(isAlive(pid)).isTrue();

    // When
    harness.engine().reconcile(List.of());

    // Then
    assertThat(harness.leftovers()).isEmpty();
    await().atMost(PATIENCE).until(() -> !isAlive(pid));
    assertThat(vm.events().names()).containsExactly("Starting", "Running");
  }

  @ConcurrentTest
  void aVmWhoseVmmIsGoneHasFailed() throws Exception {
    // Given
    Vm vm = killedWorker("{\"image\": \"shell\", \"command\": [\"echo up; sleep 1000\"]}", "up\n");
    long pid = vm.events().last(VmEvent.Running.class).orElseThrow().pid();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    await().atMost(PATIENCE).until(() -> !isAlive(pid));

    // When
    harness.engine().reconcile(List.of(vm.held(Phase.RUNNING, Desired.RUN)));

    // Then
    await().atMost(PATIENCE).until(() -> vm.events().last(VmEvent.Failed.class).isPresent());
    assertThat(vm.events().last(VmEvent.Failed.class).orElseThrow().failure().message())
        .contains("while no worker watched");
  }

  /** A VM in its midst: the worker that held it was killed when the output began so. */
  private Vm killedWorker(String request, String output) throws Exception {
    Vm vm = harness.vm(request);
    Process worker =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                RunWorkerMain.class.getName(),
                host.root().toString(),
                vm.id(),
                vm.instance(),
                request)
            .redirectErrorStream(true)
            .redirectOutput(host.root().resolve("worker.log").toFile())
            .start();
    killed = Optional.of(worker);
    await().atMost(PATIENCE).until(() -> !worker.isAlive() || vm.events().text().contains(output));
    assertThat(worker.isAlive()).as(this::log).isTrue();
    worker.destroyForcibly();
    assertThat(worker.waitFor()).isNotZero();
    return vm;
  }

  private String log() {
    try {
      return Files.readString(host.root().resolve("worker.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }
}
