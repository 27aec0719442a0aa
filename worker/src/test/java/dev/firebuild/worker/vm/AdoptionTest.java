package dev.firebuild.worker.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.worker.ConcurrentTest;
import dev.firebuild.worker.guest.BuildGuest;
import dev.firebuild.worker.guest.GuestScripts;
import dev.firebuild.worker.guest.Initramfs;
import dev.firebuild.worker.guest.Step;
import dev.firebuild.worker.guest.kernel.Kernel;
import dev.firebuild.worker.guest.kernel.KernelStore;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.vm.MachineExit.Reason;
import dev.firebuild.worker.vmm.qemu.Qemu;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** What becomes of machines whose worker is killed, with real workers and real VMs. */
@Tag("real")
class AdoptionTest {
  private TestHost host;

  @BeforeEach
  void start() throws IOException {
    host = TestHost.create();
  }

  @AfterEach
  void stop() throws IOException {
    host.close();
  }

  /** Starts a worker of its own, waits until it says {@code until}, and kills it. */
  private void runAndKill(String mode, String id, String until) throws Exception {
    Process worker =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                mode,
                host.layout.root().toString(),
                id)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var lines = worker.inputReader()) {
      String line = lines.readLine();
      while (line != null && !line.contains(until)) {
        line = lines.readLine();
      }
      assertThat(line).isNotNull();
    } finally {
      worker.destroyForcibly().waitFor();
    }
  }

  /** The worker that is killed. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] args) throws Exception {
      TestHost host = TestHost.open(Path.of(args[1]));
      String id = args[2];
      switch (args[0]) {
        case "probe" -> {
          Thread.ofPlatform()
              .start(() -> {
                Path socket = host.layout.machine(id).qmp();
                while (!java.nio.file.Files.exists(socket)) {
                  Thread.onSpinWait();
                }
                System.out.println("probing");
              });
          assertThat(probe(host, Duration.ofMinutes(10))).isTrue();
        }
        case "run" -> {
          Machine machine =
              host.machines.start(
                  host.run(
                      id,
                      host.upper(id),
                      TestHost.shell(
                          "i=0; while [ $i -lt 60 ]; do echo line $i >&$((1 + i % 2)); i=$((i+1)); sleep 0.1; done; exit 6"),
                      List.of()));
          machine.readOutput(
              0,
              (_, _, bytes) -> {
                System.out.write(bytes, 0, bytes.length);
                System.out.flush();
              });
        }
        case "build" -> {
          host.machines.start(host.build(id, host.upper(id)));
          System.out.println("ready");
          Thread.sleep(600_000);
        }
        case "deaf" -> {
          Machine machine = host.machines.start(host.build(id, host.upper(id)));
          machine
              .session()
              .call(
                  List.of(
                      "/bin/sh",
                      "-c",
                      // The one that listens, not the one that serves this.
                      """
                      for pid in $(pidof dropbear); do
                        read -r _ _ _ parent _ </proc/$pid/stat
                        [ "$parent" != 1 ] || kill -STOP "$pid"
                      done
                      """));
          System.out.println("deaf");
          Thread.sleep(600_000);
        }
        case "starting" -> {
          Thread.ofPlatform()
              .start(() -> {
                Path journal = host.layout.machine(id).journal();
                while (!java.nio.file.Files.exists(journal)) {
                  Thread.onSpinWait();
                }
                System.out.println("journal written");
              });
          host.machines.start(host.build(id, host.upper(id)));
        }
        default -> throw new IllegalArgumentException(args[0]);
      }
    }
  }

  /** With software alone: what takes seconds then can be killed in its midst. */
  private static boolean probe(TestHost host, Duration limit) throws IOException {
    Kernel kernel = new KernelStore(host.layout.kernels()).get(TestHost.KERNEL).orElseThrow();
    Path initramfs =
        new Initramfs(host.processes, host.layout.cache(), GuestScripts.NONE).forKernel(kernel);
    return new ProbeGuest(
            new Journal(host.layout), host.layout.root(), new Qemu(host.processes, false), limit)
        .boots(kernel.image(), initramfs);
  }

  private Machines.Leftover leftover(String id) throws IOException {
    List<Machines.Leftover> leftovers = host.machines.recover();
    assertThat(leftovers).extracting(Machines.Leftover::id).containsExactly(id);
    return leftovers.getFirst();
  }

  @ConcurrentTest
  void aRunGoesOnAndItsOutputIsWhole() throws Exception {
    // Given
    String id = TestHost.newId();
    runAndKill("run", id, "line 10");

    // When
    Machines.Leftover leftover = leftover(id);
    assertThat(leftover.adoptable()).isTrue();
    assertThat(leftover.run()).isTrue();
    Machine machine = host.machines.adopt(leftover);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Set<String> streams = new HashSet<>();
    int code =
        machine.readOutput(
            14,
            (_, stream, bytes) -> {
              streams.add(stream);
              out.write(bytes);
            });

    // Then
    StringBuilder expected = new StringBuilder();
    for (int i = 2; i < 60; i++) {
      expected.append("line ").append(i).append('\n');
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(expected.toString());
    assertThat(streams).containsExactlyInAnyOrder("stdout", "stderr");
    assertThat(code).isEqualTo(6);
    MachineExit exit = machine.exit().get(60, TimeUnit.SECONDS);
    assertThat(exit.reason()).isEqualTo(Reason.EXITED);
    assertThat(exit.exitCode()).contains(6);
    machine.close();
    assertThat(ProcessTable.marked(id)).isEmpty();
    assertThat(host.machines.recover()).isEmpty();
  }

  @ConcurrentTest
  void aBuildCanBeTakenOverOrRemoved() throws Exception {
    String id = TestHost.newId();
    runAndKill("build", id, "ready");

    Machine machine = host.machines.adopt(leftover(id));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new BuildGuest(machine.session())
        .run(new Step(TestHost.shell("echo again"), false), out, OutputStream.nullOutputStream());
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("again\n");
    machine.abandon();

    host.machines.remove(leftover(id));
    assertThat(ProcessTable.marked(id)).isEmpty();
    assertThat(host.layout.machine(id).directory()).doesNotExist();
  }

  @ConcurrentTest
  @Timeout(120)
  void aGuestThatDoesNotAnswerIsTakenOverAndKilledAtOnce() throws Exception {
    // Given
    String id = TestHost.newId();
    runAndKill("deaf", id, "deaf");

    // When
    long begin = System.nanoTime();
    Machine machine = host.machines.adopt(leftover(id));
    machine.kill();

    // Then
    assertThat(machine.exit().get(60, TimeUnit.SECONDS).reason()).isEqualTo(Reason.KILLED);
    machine.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    assertThat(ProcessTable.marked(id)).isEmpty();
    assertThat(host.machines.recover()).isEmpty();
  }

  @ConcurrentTest
  void ofAGuestThatTriesKvmNothingIsLeft() throws Exception {
    // Given a worker that is killed while it finds out whether guests boot
    String id = ProbeGuest.id(host.layout.root());
    runAndKill("probe", id, "probing");
    assertThat(ProcessTable.marked(id)).isNotEmpty();

    // When
    Machines.Leftover leftover = leftover(id);
    assertThat(leftover.adoptable()).isFalse();
    host.machines.remove(leftover);

    // Then it is gone, and the next one can find it out
    assertThat(ProcessTable.marked(id)).isEmpty();
    assertThat(probe(host, Duration.ofMinutes(2))).isTrue();
    assertThat(probe(host, Duration.ZERO)).isFalse();
    assertThat(ProcessTable.marked(id)).isEmpty();
    assertThat(host.machines.recover()).isEmpty();
  }

  @ConcurrentTest
  void whatWasOnlyBegunCanOnlyBeRemoved() throws Exception {
    String id = TestHost.newId();
    runAndKill("starting", id, "journal written");

    Machines.Leftover leftover = leftover(id);
    assertThat(leftover.adoptable()).isFalse();
    host.machines.remove(leftover);

    assertThat(ProcessTable.marked(id)).isEmpty();
    assertThat(host.machines.recover()).isEmpty();
  }
}
