package dev.firebuild.systemtest.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.systemtest.fake.FakeBuilds;
import dev.firebuild.systemtest.fake.FakeRuns;
import dev.firebuild.systemtest.fake.FakeWorkerMain;
import dev.firebuild.systemtest.harness.TestBroker;
import dev.firebuild.worker.queue.HeldVm;
import dev.firebuild.worker.queue.RunExecutor;
import dev.firebuild.worker.queue.RunGrant;
import dev.firebuild.worker.queue.WorkerQueue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A VM that comes up while there is no broker, and whose worker ends in order before there is. */
@Tag("real")
@Tag("long")
@Timeout(240)
@SuppressWarnings("NullAway.Init")
class VmOutageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path dir;
  private BrokerProcess broker;
  private Installation all;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(dir);
    all = new Installation(broker.access().clientProperties());
    all.owner("c1");
  }

  @AfterEach
  void stop() throws Exception {
    all.close();
    broker.close();
  }

  @Test
  void theNextProcessHasTheVmThatCameUpUnheard() throws Exception {
    // Given a VM that starts
    SlowRuns runs = new SlowRuns("w1");
    WorkerQueue first = worker();
    first.start(new FakeBuilds("w1"), runs);
    all.run("v1", Optional.empty());
    VmDocument starting = all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.STARTING);

    // When it runs while nobody can hear of it, its worker ends, and the next one begins
    int port = Integer.parseInt(broker.access().bootstrap().substring("127.0.0.1:".length()));
    broker.kill();
    runs.up.countDown();
    await().atMost(PATIENCE).until(() -> waiting().contains("vm.running"));
    first.close();
    assertThat(waiting()).contains("vm.running");
    // Of itself this one says nothing: what is heard, the first one has said.
    FakeRuns next = new FakeRuns("w1", false);
    next.outlived.add("v1");
    WorkerQueue second = worker();
    try {
      CompletableFuture<Void> open = CompletableFuture.runAsync(() -> open(second, next));
      broker = TestBroker.in(dir, port);

      // Then it is the very same VM
      VmDocument running = all.awaitVm("v1", vm -> vm.phase() == VmDocument.Phase.RUNNING);
      open.join();
      assertThat(running.attempt()).isEqualTo(1);
      assertThat(running.assignment()).isEqualTo(starting.assignment());
      assertThat(next.running).containsKey("v1");
      assertThat(all.believed("v1"))
          .extracting(data -> data.getClass().getSimpleName())
          .containsExactly("Claimed", "Starting", "Running");
    } finally {
      second.close();
    }
  }

  private static void open(WorkerQueue worker, RunExecutor runs) {
    try {
      worker.start(new FakeBuilds("w1"), runs);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this", e);
    }
  }

  private WorkerQueue worker() throws IOException {
    return FakeWorkerMain.newWorker(
        all.vertx(), all.settings, "w1", all.nextLife(), events(), InstantSource.system());
  }

  private Path events() throws IOException {
    return Files.createDirectories(dir.resolve("events"));
  }

  /** All that waits on the worker's disk. */
  private String waiting() throws IOException {
    StringBuilder waiting = new StringBuilder();
    try (Stream<Path> segments = Files.list(events())) {
      segments.forEach(segment -> {
        try {
          waiting.append(Files.readString(segment, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
    return waiting.toString();
  }

  /** VMs that run when the test lets them. */
  private record SlowRuns(String worker, CountDownLatch up) implements RunExecutor {
    private SlowRuns(String worker) {
      this(worker, new CountDownLatch(1));
    }

    @Override
    public boolean outlived(VmDocument vm) {
      return false;
    }

    @Override
    public void reconcile(List<HeldVm> vms) {}

    @Override
    public void start(RunGrant grant) throws InterruptedException {
      var _ = grant.events().publish(new VmEvent.Starting(worker, grant.request().image()));
      up.await();
      var _ =
          grant
              .events()
              .publish(new VmEvent.Running(worker, "h", "fake", 1, "10.0.0.2", 24, List.of()));
    }

    @Override
    public void desiredChanged(VmDocument document) {}
  }
}
