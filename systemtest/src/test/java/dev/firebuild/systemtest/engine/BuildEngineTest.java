package dev.firebuild.systemtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.queue.CancelReason;
import dev.firebuild.worker.queue.Cancellation;
import dev.firebuild.worker.tar.TarEntry;
import dev.firebuild.worker.tar.TarWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds in real VMs. */
@Tag("real")
class BuildEngineTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static Path data;
  private static EngineHost host;

  @TempDir private Path directory;
  private Optional<GuestDoor> door = Optional.empty();

  @BeforeAll
  static void start() throws Exception {
    data = Files.createTempDirectory("fb");
    host = EngineHost.open(data, List.of());
    Path roots = Files.createTempDirectory("fb-root");
    try {
      Path tar = BaseRoots.tar("busybox", roots);
      EngineHost.Outcome outcome =
          host.build(BuildRequest.of("busybox", new Source.Rootfs(host.uploadFile(tar))));
      assertThat(outcome.end()).isInstanceOf(BuildEvent.Succeeded.class);
    } finally {
      DurableFiles.deleteTree(roots);
    }
  }

  @AfterAll
  static void stop() throws IOException {
    host.close();
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(host.isClean()).isTrue();
    if (door.isPresent()) {
      assertThat(door.get().processes()).isEmpty();
    }
  }

  @Test
  @Tag("quick")
  void stepsRunAndAreFoundAgain() throws Exception {
    // Given
    String dockerfile =
        """
        FROM busybox
        RUN echo hello > /greeting
        WORKDIR /w
        RUN cat /greeting && pwd
        """;

    // When
    EngineHost.Outcome first = host.build(inline("first", dockerfile));
    EngineHost.Outcome second = host.build(inline("second", dockerfile));

    // Then
    assertThat(first.end()).isInstanceOf(BuildEvent.Succeeded.class);
    assertThat(first.events().log()).isEqualTo("hello\n/w\n");
    assertThat(second.events().events(BuildEvent.StepCached.class)).hasSize(3);
    assertThat(second.events().events(BuildEvent.StepStarted.class)).isEmpty();
    assertThat(host.image("second")).isEqualTo(host.image("first"));
  }

  @Test
  void whatFollowsAChangeRunsAgain() throws Exception {
    // Given
    host.build(inline("changed", "FROM busybox\nRUN echo a > /a\nRUN echo b\nRUN echo c\n"));

    // When
    EngineHost.Outcome second =
        host.build(inline("changed", "FROM busybox\nRUN echo a > /a\nRUN cat /a\nRUN echo c\n"));

    // Then
    assertThat(second.events().events(BuildEvent.StepCached.class))
        .containsExactly(new BuildEvent.StepCached(1));
    assertThat(second.events().log()).isEqualTo("a\nc\n");
  }

  @Test
  void aStageThatIsOnlyASnapshotYetBecomesAnImage() throws Exception {
    // Given
    host.build(inline("longer", "FROM busybox\nRUN echo shorter > /s\nRUN echo longer\n"));

    // When the build ends where the other one only passed
    EngineHost.Outcome shorter =
        host.build(inline("shorter", "FROM busybox\nRUN echo shorter > /s\n"));
    EngineHost.Outcome user = host.build(inline("user", "FROM shorter\nRUN cat /s\n"));

    // Then
    assertThat(shorter.events().events(BuildEvent.StepStarted.class)).isEmpty();
    assertThat(shorter.end()).isInstanceOf(BuildEvent.Succeeded.class);
    assertThat(user.events().log()).isEqualTo("shorter\n");
  }

  @Test
  void aFailingStepIsToldWithItsLinesAndExitCode() throws Exception {
    Failure failure =
        failure(host.build(inline("failing", "FROM busybox\nRUN true\nRUN \\\n  exit 7\n")));

    assertThat(failure.code()).isEqualTo(FailureCode.STEP_FAILED);
    assertThat(failure.exitCode()).contains(7);
    assertThat(failure.firstLine()).contains(3);
    assertThat(failure.lastLine()).contains(4);
  }

  @Test
  void neitherDaemonsNorFilesTheyHoldOutliveAStep() throws Exception {
    EngineHost.Outcome outcome =
        host.build(
            inline(
                "daemons",
                """
                FROM busybox
                RUN nohup sleep 1000 >/dev/null 2>&1 & (setsid sleep 1000 &) ; echo started
                RUN ps | grep -c '[s]leep 1000'; true
                """));

    assertThat(outcome.end()).isInstanceOf(BuildEvent.Succeeded.class);
    assertThat(outcome.events().log()).isEqualTo("started\n0\n");
  }

  @Test
  void aStepThatKillsAllItSeesEndsOnlyItself() throws Exception {
    EngineHost.Outcome outcome =
        host.build(
            inline(
                "killer",
                "FROM busybox\nRUN (sleep 1000 &) ; sh -c 'kill -9 -1'; true\nRUN echo alive\n"));

    assertThat(outcome.end()).isInstanceOf(BuildEvent.Succeeded.class);
    assertThat(outcome.events().log()).isEqualTo("alive\n");
  }

  @Test
  void aStepCanNeitherRebootItsVmNorPowerItOffNorLetItPanic() throws Exception {
    // Given a step that tries all ways, and fails with a code of its own if its VM still runs
    String dockerfile =
        """
        FROM busybox
        RUN for key in b c o; do echo $key > /proc/sysrq-trigger && exit 1; done; \\
            for end in reboot poweroff halt; do $end -f && exit 2; done; exit 9
        """;

    Failure failure = failure(host.build(inline("undying", dockerfile)));

    assertThat(failure.code()).isEqualTo(FailureCode.STEP_FAILED);
    assertThat(failure.exitCode()).contains(9);
  }

  @Test
  void aFullDiskIsTold() throws Exception {
    Failure failure =
        failure(
            host.build(
                inline("full", "FROM busybox\nRUN dd if=/dev/zero of=/big bs=1M count=2000\n")));

    assertThat(failure.code()).isEqualTo(FailureCode.DISK_FULL);
    assertThat(failure.firstLine()).contains(2);
  }

  @Test
  void aHundredMegabytesOfOutputArriveWhole() throws Exception {
    EngineHost.Outcome outcome =
        host.build(inline("loud", "FROM busybox\nRUN yes | head -c 100000000\n"));

    assertThat(outcome.end()).isInstanceOf(BuildEvent.Succeeded.class);
    assertThat(outcome.events().logBytes()).isEqualTo(100_000_000);
  }

  @Test
  void aBuildThatTakesTooLongEnds() throws Exception {
    BuildRequest request = withTimeout(inline("slow", "FROM busybox\nRUN sleep 1000\n"), 15);

    Failure failure = failure(host.build(request));

    assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT);
  }

  @Test
  void aCancelledBuildEndsAtOnce() throws Exception {
    Cancellation cancellation = new Cancellation();

    EngineHost.Outcome outcome =
        interrupted(
            "cancelled",
            cancellation,
            () -> cancellation.cancel(new CancelReason.Requested("changed my mind")));

    assertThat(outcome.events().ends())
        .containsExactly(new BuildEvent.Cancelled("changed my mind"));
  }

  @Test
  void aBuildThatIsCancelledWhileItsVmBootsEndsAtOnce() throws Exception {
    // Given a guest that boots
    Cancellation cancellation = new Cancellation();
    EngineHost.Running running =
        host.start(inline("booting", "FROM busybox\nRUN echo never\n"), cancellation);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<EngineHost.Outcome> outcome =
          CompletableFuture.supplyAsync(running::finish, threads);
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(10))
          .until(BuildEngineTest::aGuestBoots);

      // When
      long begin = System.nanoTime();
      cancellation.cancel(new CancelReason.Requested("changed my mind"));
      EngineHost.Outcome ended = outcome.get();

      // Then
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
      assertThat(ended.events().ends())
          .containsExactly(new BuildEvent.Cancelled("changed my mind"));
      assertThat(ended.events().log()).doesNotContain("never");
    }
  }

  /** Whether a guest has begun to boot: its kernel has started init. */
  private static boolean aGuestBoots() throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path console : files.filter(file -> file.endsWith("console.log")).toList()) {
        if (Files.readString(console).contains("] started")) {
          return true;
        }
      }
      return false;
    } catch (UncheckedIOException | NoSuchFileException e) {
      return false; // It goes while we look.
    }
  }

  @Test
  void afterALostGrantNothingIsSaid() throws Exception {
    Cancellation cancellation = new Cancellation();

    EngineHost.Outcome outcome =
        interrupted(
            "lost",
            cancellation,
            () -> cancellation.cancel(new CancelReason.LostGrant("another has it")));

    assertThat(outcome.events().ends()).isEmpty();
  }

  @Test
  void aKilledVmmIsTold() throws Exception {
    EngineHost.Outcome outcome =
        interrupted("killed", new Cancellation(), BuildEngineTest::killVmm);

    assertThat(failure(outcome).code()).isEqualTo(FailureCode.VMM);
    assertThat(failure(outcome).firstLine()).contains(2);
  }

  @Test
  void imagesOfManyLayersAreBuiltOnAndCopiedFrom() throws Exception {
    // Given an image with as many layers as Docker allows, less the one to come
    host.pile("many", "busybox", "m", 125);
    host.pile("some", "busybox", "s", 25);

    // When
    EngineHost.Outcome outcome =
        host.build(
            inline(
                "more",
                """
                FROM some AS some
                FROM many
                COPY --from=some /s /s-25 /s-1 /copied/
                RUN cat /m /m-1 /m-64 /m-125 /copied/*; ls -d /m-* | wc -l
                """));

    // Then
    assertThat(outcome.end()).isInstanceOf(BuildEvent.Succeeded.class);
    assertThat(outcome.events().log()).isEqualTo("125\n1\n64\n125\n25\n1\n25\n125\n");
    assertThat(host.image("more").orElseThrow().layers()).hasSize(127);
  }

  @Test
  @Tag("long")
  void anImageOfMoreLayersThanAVmTakesIsNotBuilt() throws Exception {
    // Given an image that a VM just takes
    host.pile("full", "busybox", "f", 157);

    Failure failure = failure(host.build(inline("beyond", "FROM full\nRUN echo booted\n")));

    assertThat(failure.code()).isEqualTo(FailureCode.INVALID_REQUEST);
    assertThat(failure.message()).contains("would have 159 layers", "at most 158");
  }

  @Test
  void aStageIsOneLayerHoweverManyStepsItHas() throws Exception {
    String steps = "RUN : one of many\n".repeat(30);

    EngineHost.Outcome outcome = host.build(inline("steps", "FROM busybox\n" + steps));

    assertThat(outcome.events().events(BuildEvent.StepFinished.class)).hasSize(30);
    assertThat(host.image("steps").orElseThrow().layers()).hasSize(2);
  }

  @Test
  void aPanicOfTheGuestIsToldWithTheKernelsWords() throws Exception {
    EngineHost.Outcome outcome =
        interrupted("panicked", new Cancellation(), () -> throughTheDoor(GuestDoor::panic));

    Failure failure = failure(outcome);
    assertThat(failure.code()).isEqualTo(FailureCode.GUEST_PANIC);
    assertThat(failure.message())
        .contains("RUN echo panicked", "Kernel panic - not syncing: sysrq triggered crash");
    assertThat(failure.firstLine()).contains(2);
  }

  @Test
  void aConnectionThatIsCutIsTold() throws Exception {
    EngineHost.Outcome outcome =
        interrupted("cut", new Cancellation(), () -> throughTheDoor(GuestDoor::cutConnections));

    Failure failure = failure(outcome);
    assertThat(failure.code()).isEqualTo(FailureCode.VMM);
    assertThat(failure.message()).contains("connection to the build's VM was lost");
    assertThat(failure.firstLine()).contains(2);
  }

  @FunctionalInterface
  private interface Fault {
    void happen(GuestDoor door) throws IOException;
  }

  private void throughTheDoor(Fault fault) {
    try {
      GuestDoor opened = GuestDoor.of(data);
      door = Optional.of(opened);
      fault.happen(opened);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aStepThatFillsTheMemoryEndsOnlyItself() throws Exception {
    Failure failure =
        failure(
            host.build(
                inline(
                    "greedy",
                    """
                    FROM busybox
                    RUN exec 2>/dev/null; cat /dev/zero >/dev/shm/x; cat /dev/zero >/dev/x; \\
                        x=$(head -c 500000000 /dev/zero | tr '\\0' x); exit 9
                    """)));

    assertThat(failure.code()).isEqualTo(FailureCode.STEP_FAILED);
    assertThat(failure.exitCode().orElseThrow()).isIn(9, 137);
    assertThat(failure.firstLine()).contains(2);
  }

  @Test
  void anArchiveIsNotAddedWhateverItsName() throws Exception {
    // Given
    Path context = Files.createDirectory(directory.resolve("context"));
    try (OutputStream out = Files.newOutputStream(context.resolve("innocent.txt"));
        TarWriter tar = new TarWriter(out, StandardCharsets.UTF_8)) {
      tar.write(TarEntry.file("x", 0644, 0, 0));
      tar.finish();
    }
    Path dockerfile =
        Files.writeString(context.resolve("Dockerfile"), "FROM busybox\nADD innocent.txt /x/\n");

    // When
    Failure failure =
        failure(host.build(BuildRequest.of("archive", host.upload(context, dockerfile))));

    // Then
    assertThat(failure.message()).contains("innocent.txt").contains("COPY");
    assertThat(failure.firstLine()).contains(2);
  }

  @Test
  void whatIsNotThereIsTold() throws Exception {
    Failure image = failure(host.build(inline("x", "FROM no-such-image\n")));
    Failure rootfs =
        failure(
            host.build(
                BuildRequest.of(
                    "y",
                    new Source.Rootfs(
                        new dev.firebuild.protocol.Digest("sha256:" + "0".repeat(64))))));

    assertThat(image.code()).isEqualTo(FailureCode.DOCKERFILE);
    assertThat(image.message()).contains("no-such-image");
    assertThat(rootfs.code()).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void stagesThatDoNotNeedEachOtherAreBuiltAtTheSameTime() throws Exception {
    EngineHost.Outcome outcome =
        host.build(
            inline(
                "both",
                """
                FROM busybox AS one
                RUN echo one begins; sleep 5; echo one ends; touch /one
                FROM busybox AS two
                RUN echo two begins; sleep 5; echo two ends; touch /two
                FROM busybox
                COPY --from=one /one /
                COPY --from=two /two /
                RUN ls /one /two
                """));

    assertThat(outcome.end()).isInstanceOf(BuildEvent.Succeeded.class);
    List<EventData> events = outcome.events().events();
    assertThat(events.indexOf(new BuildEvent.StepStarted(2)))
        .isLessThan(indexOfFinished(events, 1));
    assertThat(events.indexOf(new BuildEvent.StepStarted(1)))
        .isLessThan(indexOfFinished(events, 2));
    assertThat(outcome.events().log()).endsWith("/one\n/two\n");
  }

  private static int indexOfFinished(List<EventData> events, int step) {
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i) instanceof BuildEvent.StepFinished(int number, long _) && number == step) {
        return i;
      }
    }
    throw new AssertionError("step %d has not ended".formatted(step));
  }

  @Test
  void aStageThatFailsEndsTheOthers() throws Exception {
    long start = System.nanoTime();
    EngineHost.Outcome outcome =
        host.build(
            inline(
                "half",
                """
                FROM busybox AS slow
                RUN sleep 1000
                FROM busybox AS wrong
                RUN sleep 3; exit 7
                FROM busybox
                COPY --from=slow /a /
                COPY --from=wrong /b /
                """));

    Failure failure = failure(outcome);
    assertThat(failure.code()).isEqualTo(FailureCode.STEP_FAILED);
    assertThat(failure.firstLine()).hasValue(4);
    assertThat(failure.exitCode()).hasValue(7);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(15));
  }

  /** Builds a step that waits for ever, and does {@code action} once it runs. */
  private static EngineHost.Outcome interrupted(
      String tag, Cancellation cancellation, Runnable action) throws Exception {
    BuildRequest request =
        inline(tag, "FROM busybox\nRUN echo %s runs; sleep 1000\n".formatted(tag));
    EngineHost.Running running = host.start(request, cancellation);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<EngineHost.Outcome> outcome =
          CompletableFuture.supplyAsync(running::finish, threads);
      await().atMost(PATIENCE).until(() -> running.events().log().contains("runs"));
      action.run();
      await().atMost(PATIENCE).until(outcome::isDone);
      return outcome.get();
    }
  }

  private static void killVmm() {
    ProcessHandle.allProcesses()
        .filter(process -> isVmm(process.info().commandLine()))
        .forEach(ProcessHandle::destroyForcibly);
  }

  private static boolean isVmm(Optional<String> command) {
    return command
        .map(line -> line.contains("qemu-system") && line.contains(data.toString()))
        .orElse(false);
  }

  private static Failure failure(EngineHost.Outcome outcome) {
    assertThat(outcome.end()).isInstanceOf(BuildEvent.Failed.class);
    return ((BuildEvent.Failed) outcome.end()).failure();
  }

  private static BuildRequest inline(String tag, String dockerfile) {
    return BuildRequest.of(tag, new Source.Inline(dockerfile));
  }

  private static BuildRequest withTimeout(BuildRequest request, int seconds) {
    return new BuildRequest(
        request.id(),
        request.tag(),
        request.source(),
        request.target(),
        request.buildArgs(),
        request.labels(),
        request.noCache(),
        Optional.of(seconds),
        request.cpu(),
        request.mem(),
        request.kernel(),
        request.retryOf());
  }
}
