package dev.firebuild.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.VmDocument.Desired;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import dev.firebuild.protocol.document.VmDocument.Phase;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.queue.CancelReason;
import dev.firebuild.worker.queue.Cancellations;
import dev.firebuild.worker.run.RunHarness.Vm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole lives of VMs, with real guests. */
@Tag("real")
@SuppressWarnings("NullAway.Init")
class RunEngineRealTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static TestHost host;
  private static List<ImageDocument> references;
  private RunHarness harness;

  @BeforeAll
  static void make() throws Exception {
    host = TestHost.make();
    try (ImageStore images = ImageStore.open(host.images())) {
      BusyboxImage busybox = BusyboxImage.make(images, host.scratch());
      references =
          List.of(
              busybox.publish("empty:latest", "{}"),
              busybox.publish("shell:latest", "{\"Entrypoint\": [\"/bin/sh\", \"-c\"]}"),
              busybox.publish(
                  "web:latest",
                  """
                  {"Cmd": ["sh", "-c", "trap 'echo bye $A $B $PWD $(id -u); exit 5' INT;
                    httpd -f -p 8080 -h /www & while :; do sleep 1; done"],
                   "User": "web:9", "WorkingDir": "/srv", "Env": ["A=image", "B=image"],
                   "StopSignal": "SIGINT"}
                  """
                      .replace("\n", " ")));
    }
  }

  @AfterAll
  static void remove() throws Exception {
    host.close();
  }

  @BeforeEach
  void open() throws Exception {
    harness = new RunHarness(host.root());
    references.forEach(harness::refer);
    harness.engine().reconcile(List.of());
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void aPanicIsToldWithTheKernelsWords() throws Exception {
    // Given
    Vm vm =
        harness.vm(
            """
            {"image": "shell", "command": ["echo up; echo c >/proc/sysrq-trigger; sleep 1000"]}
            """);

    // When
    harness.engine().start(vm.grant());

    // Then
    awaitEvent(vm, VmEvent.Failed.class);
    Failure failure = vm.events().last(VmEvent.Failed.class).orElseThrow().failure();
    assertThat(failure.code()).isEqualTo(FailureCode.GUEST_PANIC);
    assertThat(failure.message())
        .contains("kernel gave up", "Kernel panic - not syncing: sysrq triggered crash");
    assertThat(vm.events().names()).containsExactly("Starting", "Running", "Failed");
  }

  @Test
  void programRunsAndItsEndIsTold() throws Exception {
    // Given
    Vm vm =
        harness.vm(
            """
            {"image": "shell", "hostname": "box",
             "command": ["printf '%s|' \\"$A\\" \\"$(hostname)\\" \\"$(id -u)\\"; echo x >&2; exit 7"],
             "env": {"A": "it's \\"$HOME\\" `ls` \\\\ ü\\n\\t*"}}
            """);

    // When
    harness.engine().start(vm.grant());

    // Then
    awaitEvent(vm, VmEvent.Exited.class);
    assertThat(vm.events().names()).containsExactly("Starting", "Running", "Exited");
    assertThat(vm.events().last(VmEvent.Exited.class))
        .contains(new VmEvent.Exited(Optional.of(7), "exited"));
    assertThat(vm.events().text("stdout")).isEqualTo("it's \"$HOME\" `ls` \\ ü\n\t*|box|0|");
    assertThat(vm.events().text("stderr")).isEqualTo("x\n");
    assertThat(harness.engine().console(vm.id())).isPresent();

    // When
    harness.engine().desiredChanged(vm.document(Phase.EXITED, new Desired(Goal.REMOVE, 10)));

    // Then
    awaitEvent(vm, VmEvent.Removed.class);
    await().atMost(PATIENCE).until(() -> harness.engine().console(vm.id()).isEmpty());
    assertThat(harness.leftovers()).isEmpty();
  }

  @Test
  void publishedPortAnswersAndAStopIsTheImagesSignal() throws Exception {
    // Given
    int port = freePort();
    Vm vm =
        harness.vm(
            "{\"image\": \"web\", \"remove\": true, \"env\": {\"A\": \"mine\"}, \"ports\": [\"%d:8080\"]}"
                .formatted(port));

    // When
    harness.engine().start(vm.grant());

    // Then
    VmEvent.Running running = vm.events().last(VmEvent.Running.class).orElseThrow();
    assertThat(running.host()).isEqualTo("host");
    assertThat(running.vmm()).startsWith("qemu-");
    assertThat(ProcessHandle.of(running.pid())).isPresent();
    assertThat(running.prefixLength()).isEqualTo(24);
    assertThat(running.ports()).hasToString("[127.0.0.1:%d:8080]".formatted(port));
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(get(port)).isEqualTo("hello from the guest\n"));

    // When
    harness.engine().desiredChanged(vm.document(Phase.RUNNING, new Desired(Goal.STOP, 60)));

    // Then
    awaitEvent(vm, VmEvent.Removed.class);
    assertThat(vm.events().names())
        .containsExactly("Starting", "Running", "Stopping", "Exited", "Removed");
    assertThat(vm.events().last(VmEvent.Exited.class))
        .contains(new VmEvent.Exited(Optional.of(5), "stopped"));
    assertThat(vm.events().text()).isEqualTo("bye mine image /srv 7\n");
    assertThat(harness.leftovers()).isEmpty();
    assertThat(ProcessHandle.of(running.pid()).map(ProcessHandle::isAlive).orElse(false)).isFalse();
  }

  @Test
  void whatCannotStartFailsWithOneMessage() throws Exception {
    // Given
    int port;
    Vm taken;
    Vm nothing = harness.vm("{\"image\": \"empty\"}");
    Vm unknown = harness.vm("{\"image\": \"nowhere:1\"}");
    Vm kernel = harness.vm("{\"image\": \"web\", \"kernel\": \"other\"}");
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      taken = harness.vm("{\"image\": \"web\", \"ports\": [\"%d:80\"]}".formatted(port));

      // When
      for (Vm vm : List.of(nothing, unknown, kernel, taken)) {
        harness.engine().start(vm.grant());
      }
    }

    // Then
    assertFailure(unknown, FailureCode.NOT_FOUND, "there is no image nowhere:1");
    assertFailure(nothing, FailureCode.INVALID_REQUEST, "neither ENTRYPOINT nor CMD");
    assertFailure(kernel, FailureCode.NOT_FOUND, "there is no kernel other");
    assertFailure(taken, FailureCode.HOST, String.valueOf(port));
    assertThat(harness.leftovers()).isEmpty();
  }

  @Test
  void aStopWhileTheVmBootsEndsItAtOnce() throws Exception {
    // Given a guest that boots
    Vm vm = harness.vm("{\"image\": \"shell\", \"command\": [\"sleep 1000\"]}");
    Thread slot = Thread.ofVirtual().start(() -> start(vm));
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> harness.consoleText(vm.instance()).contains("] started"));

    // When
    long begin = System.nanoTime();
    Cancellations.cancel(vm.cancellation(), new CancelReason.Requested("stop"));
    harness.engine().desiredChanged(vm.document(Phase.STARTING, new Desired(Goal.STOP, 10)));
    awaitEvent(vm, VmEvent.Exited.class);

    // Then
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
    assertThat(vm.events().names()).containsExactly("Starting", "Exited");
    assertThat(vm.events().last(VmEvent.Exited.class))
        .contains(new VmEvent.Exited(Optional.empty(), "stopped"));
    slot.join();
    assertThat(harness.leftovers()).isEmpty();
  }

  @Test
  void aLostGrantLeavesNothing() throws Exception {
    // Given
    Vm vm = harness.vm("{\"image\": \"shell\", \"command\": [\"sleep 1000\"]}");
    Thread slot = Thread.ofVirtual().start(() -> start(vm));
    awaitEvent(vm, VmEvent.Starting.class);

    // When
    Cancellations.cancel(vm.cancellation(), new CancelReason.LostGrant("another has it"));

    // Then
    slot.join();
    await().atMost(PATIENCE).until(() -> harness.leftovers().isEmpty());
  }

  @Test
  void largeOutputArrivesWhole() throws Exception {
    // Given more than the guest keeps
    Vm vm = harness.vm("{\"image\": \"shell\", \"command\": [\"seq 1 3000000\"]}");

    // When
    harness.engine().start(vm.grant());
    awaitEvent(vm, VmEvent.Exited.class);

    // Then
    String[] lines = vm.events().text().split("\n", -1);
    assertThat(lines).hasSize(3_000_001);
    assertThat(lines[2_999_999]).isEqualTo("3000000");
  }

  private void start(Vm vm) {
    try {
      harness.engine().start(vm.grant());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void assertFailure(Vm vm, FailureCode code, String part) {
    VmEvent.Failed failed = vm.events().last(VmEvent.Failed.class).orElseThrow();
    assertThat(failed.failure().code()).isEqualTo(code);
    assertThat(failed.failure().message()).contains(part);
  }

  private static void awaitEvent(Vm vm, Class<? extends VmEvent> type) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            vm.events().last(type).isPresent()
                || vm.events().last(VmEvent.Failed.class).isPresent());
    assertThat(vm.events().last(type)).as(() -> vm.events().said().toString()).isPresent();
  }

  private static String get(int port) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/index.html".formatted(port)))
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
