package dev.firebuild.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.VmDocument.Desired;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import dev.firebuild.protocol.document.VmDocument.Phase;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.worker.host.HostLayout;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.queue.CancelReason;
import dev.firebuild.worker.queue.Cancellations;
import dev.firebuild.worker.run.RunHarness.Vm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A VM that nobody wants, or that has ended by itself, is gone in no time, with all that it had.
 * Two seconds are what is wanted; a busy machine gets more.
 */
@Tag("real")
@SuppressWarnings("NullAway.Init")
class QuickEndTest {
  private static final Logger LOG = LoggerFactory.getLogger(QuickEndTest.class);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration STEP = Duration.ofMillis(2);

  private static TestHost host;
  private static ImageDocument image;
  private RunHarness harness;

  /** How far a start has come: the file that is there from then on. */
  enum Stage {
    WRITTEN_DOWN,
    DISK,
    JOURNAL,
    CONFIG_DRIVE,
    NETWORK,
    VMM,
    BOOTING;

    private Path file(RunHarness harness, MachineLayout machine, String instance) {
      return switch (this) {
        case WRITTEN_DOWN -> harness.runs().record(instance);
        case DISK -> harness.runs().upper(instance);
        case JOURNAL -> machine.journal();
        case CONFIG_DRIVE -> machine.config();
        case NETWORK -> machine.networkApi();
        case VMM -> machine.qmp();
        case BOOTING -> machine.console();
      };
    }
  }

  @BeforeAll
  static void make() throws Exception {
    host = TestHost.make();
    try (ImageStore images = ImageStore.open(host.images())) {
      image =
          BusyboxImage.make(images, host.scratch())
              .publish("shell:latest", "{\"Entrypoint\": [\"/bin/sh\", \"-c\"]}");
    }
  }

  @AfterAll
  static void remove() throws Exception {
    host.close();
  }

  @BeforeEach
  void open() throws Exception {
    harness = new RunHarness(host.root());
    harness.refer(image);
    harness.engine().reconcile(List.of());
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void aVmIsKilledWhileItStarts(Stage stage) throws Exception {
    // Given
    Vm vm = vm("sleep 1000", "");
    Path file =
        stage.file(harness, new HostLayout(host.root()).machine(vm.instance()), vm.instance());
    Thread slot = Thread.ofVirtual().start(() -> start(vm));
    await().atMost(PATIENCE).pollInterval(STEP).until(() -> Files.exists(file));

    // When
    long begin = System.nanoTime();
    Cancellations.cancel(vm.cancellation(), new CancelReason.Requested("killed by a test"));
    harness.engine().desiredChanged(vm.document(Phase.STARTING, new Desired(Goal.REMOVE, 10)));

    // Then
    requireGone(vm, VmEvent.Removed.class, "killed, " + stage, begin);
    slot.join();
    assertThat(vm.events().names()).endsWith("Exited", "Removed").doesNotContain("Running");
  }

  @Test
  void aVmIsKilledBeforeItStarts() throws Exception {
    // Given a wish that was there before there was anything
    Vm vm = vm("sleep 1000", "");
    Cancellations.cancel(vm.cancellation(), new CancelReason.Requested("killed by a test"));

    // When
    long begin = System.nanoTime();
    start(vm);
    harness.engine().desiredChanged(vm.document(Phase.STARTING, new Desired(Goal.REMOVE, 10)));

    // Then
    requireGone(vm, VmEvent.Removed.class, "killed before", begin);
  }

  @Test
  void aVmIsKilledWhileItIsStopped() throws Exception {
    // Given
    Vm vm = running("trap '' TERM; echo up; while :; do sleep 0.1; done", "");
    harness.engine().desiredChanged(vm.document(Phase.RUNNING, new Desired(Goal.STOP, 600)));
    await().atMost(PATIENCE).until(() -> vm.events().last(VmEvent.Stopping.class).isPresent());

    // When
    long begin = System.nanoTime();
    harness.engine().desiredChanged(vm.document(Phase.STOPPING, new Desired(Goal.KILL, 600)));

    // Then
    requireEnded(vm, VmEvent.Exited.class, "killed while it was stopped", begin);
    assertThat(vm.events().last(VmEvent.Exited.class).orElseThrow().reason()).isEqualTo("killed");

    // When it has ended
    long end = System.nanoTime();
    harness.engine().desiredChanged(vm.document(Phase.EXITED, new Desired(Goal.REMOVE, 600)));

    // Then
    requireGone(vm, VmEvent.Removed.class, "removed when it had ended", end);
  }

  @Test
  void theNetworksProcessIsKilledAndThenTheVmm() throws Exception {
    // Given a server
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Vm vm =
        running(
            "echo up; while :; do echo hello | busybox nc -l -p 8000; done",
            ", \"ports\": [\"%d:8000\"]".formatted(port));
    await().atMost(PATIENCE).ignoreExceptions().until(() -> ask(port).equals("hello\n"));

    // When its way to the world goes
    long cut = System.nanoTime();
    assertThat(process(vm, "slirp4netns").destroyForcibly()).isTrue();

    // Then there is another
    await()
        .atMost(PATIENCE)
        .pollInterval(STEP)
        .ignoreExceptions()
        .until(() -> ask(port).equals("hello\n"));
    requireSoon("reached again after slirp4netns was killed", cut);

    // When the VMM goes
    long begin = System.nanoTime();
    assertThat(process(vm, "qemu-system").destroyForcibly()).isTrue();

    // Then
    requireEnded(vm, VmEvent.Failed.class, "the VMM was killed", begin);
    assertThat(vm.events().last(VmEvent.Failed.class).orElseThrow().failure().code())
        .isEqualTo(FailureCode.VMM);
  }

  @Tag("long")
  @ParameterizedTest
  @CsvSource({
    "busybox reboot -f, rebooted",
    "busybox poweroff -f, powered-off",
    "echo b >/proc/sysrq-trigger, rebooted",
    "echo c >/proc/sysrq-trigger, panic"
  })
  void aGuestEndsItself(String command, String end) throws Exception {
    // Given
    Vm vm = running("echo up; sleep 2; echo soon; sleep 1; %s; sleep 1000".formatted(command), "");

    // When
    await().atMost(PATIENCE).pollInterval(STEP).until(() -> vm.events().text().endsWith("soon\n"));
    long begin = System.nanoTime() + Duration.ofSeconds(1).toNanos();

    // Then
    if (end.equals("panic")) {
      requireEnded(vm, VmEvent.Failed.class, command, begin);
    } else {
      requireEnded(vm, VmEvent.Exited.class, command, begin);
      assertThat(vm.events().last(VmEvent.Exited.class).orElseThrow().reason()).isEqualTo(end);
    }
  }

  private Vm vm(String command, String more) {
    return harness.vm(
        "{\"image\": \"shell\", \"command\": [%s]%s}".formatted(Json.text(command), more));
  }

  /** A VM whose program has printed {@code up}. */
  private Vm running(String command, String more) throws InterruptedException {
    Vm vm = vm(command, more);
    harness.engine().start(vm.grant());
    await().atMost(PATIENCE).until(() -> vm.events().text().startsWith("up\n"));
    return vm;
  }

  private void start(Vm vm) {
    try {
      harness.engine().start(vm.grant());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ProcessHandle process(Vm vm, String program) throws IOException {
    return ProcessTable.marked(vm.instance()).stream()
        .flatMap(identity -> ProcessHandle.of(identity.pid()).stream())
        .filter(process -> process.info().command().orElse("").contains(program))
        .findFirst()
        .orElseThrow(() -> new AssertionError("the VM has no " + program));
  }

  /** Its end is told, and neither processes nor files of its machine are left. */
  private void requireEnded(Vm vm, Class<? extends VmEvent> end, String what, long begin)
      throws IOException {
    await().atMost(PATIENCE).pollInterval(STEP).until(() -> vm.events().last(end).isPresent());
    requireSoon(what, begin);
    assertThat(ProcessTable.marked(vm.instance())).isEmpty();
    assertThat(new HostLayout(host.root()).machine(vm.instance()).directory()).doesNotExist();
  }

  private void requireGone(Vm vm, Class<? extends VmEvent> end, String what, long begin)
      throws IOException {
    requireEnded(vm, end, what, begin);
    assertThat(harness.leftovers()).isEmpty();
  }

  private static void requireSoon(String what, long begin) {
    Duration taken = Duration.ofNanos(System.nanoTime() - begin);
    LOG.atInfo().addKeyValue("what", what).addKeyValue("ms", taken.toMillis()).log("took");
    assertThat(taken).as(what).isLessThan(SOON);
  }

  private static String ask(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(1000);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
