package dev.firebuild.systemtest.fault;

import static org.awaitility.Awaitility.await;

import dev.firebuild.coordinator.Coordinator;
import dev.firebuild.coordinator.CoordinatorConfig;
import dev.firebuild.coordinator.owner.kafka.Owner;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.Partitions;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.document.WorkerDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.systemtest.fault.SteppedBuilds.Pace;
import dev.firebuild.systemtest.queue.Installation;
import dev.firebuild.worker.queue.WorkerQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.IsolationLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An installation of its own, within a broker that several share: its processes, and readers of all
 * that is said and stored.
 */
final class Ground implements AutoCloseable {
  static final String TOKEN = "the-token-of-these-tests";

  /** Two coordinators have one each. */
  static final int PARTITIONS = 2;

  /** Longer than any test. */
  static final Duration ENDLESS = Duration.ofMinutes(10);

  final Installation all;
  final StateLog committed;

  /** Also of transactions that are open or were aborted. */
  final StateLog written;

  private static final Logger log = LoggerFactory.getLogger(Ground.class);

  private final Path dir;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  Ground(Map<String, String> client, String name, Path dir)
      throws InterruptedException, IOException {
    KafkaSettings settings = Arguments.settings(client, name, PARTITIONS);
    this.dir = Files.createDirectories(dir.resolve(name));
    this.all = new Installation(settings);
    open.push(all::close);
    this.committed = opened(new StateLog(settings, IsolationLevel.READ_COMMITTED));
    this.written = opened(new StateLog(settings, IsolationLevel.READ_UNCOMMITTED));
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  /** An owner in this process, once it has its partitions. */
  Owner owner(String id) throws Exception {
    Owner owner = all.owner(id);
    owner.caughtUp().get(Installation.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return owner;
  }

  /** A worker in this process, whose builds take no time. */
  WorkerQueue worker(String id) throws InterruptedException {
    return worker(id, Pace.AT_ONCE);
  }

  /** A worker in this process, whose builds take as long as they shall. */
  WorkerQueue patientWorker(String id) throws InterruptedException {
    return worker(id, Pace.AS_ASKED);
  }

  private WorkerQueue worker(String id, Pace pace) throws InterruptedException {
    return all.worker(id, new SteppedBuilds(id, pace));
  }

  /** Waits until an owner knows the worker {@code id}: nothing of it is left to be written. */
  void awaitKnown(String id) {
    await("worker " + id)
        .atMost(Installation.PATIENCE)
        .until(() -> all.documents.containsKey(WorkerDocument.key(id)));
  }

  /** A worker as a process of its own, whose builds take as long as they shall. */
  DebuggedProcess workerProcess(String id) throws IOException {
    List<String> own = List.of(id, String.valueOf(all.nextLife()));
    return opened(
        DebuggedProcess.start(
            id, dir, WorkerMain.class, new Arguments(own, all.settings).toList()));
  }

  /** A coordinator as a process of its own, which has its partitions. */
  DebuggedProcess coordinatorProcess(String id) throws IOException {
    List<String> own = List.of(id, dir.resolve("blobs").toString());
    return opened(
        DebuggedProcess.start(
            id, dir, CoordinatorMain.class, new Arguments(own, all.settings).toList()));
  }

  /** A coordinator in this process, with its HTTP API. */
  Coordinator coordinator(String id) throws Exception {
    Coordinator coordinator =
        opened(
            Coordinator.start(
                new CoordinatorConfig(
                    id,
                    all.settings,
                    "127.0.0.1",
                    0,
                    new BearerToken(TOKEN),
                    dir.resolve("blobs"))));
    coordinator.hasDecided().get(Installation.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return coordinator;
  }

  /** A build that lasts for {@code step} where steps take as long as they shall. */
  void build(String id, Duration step) {
    all.build(id, step.toMillis());
  }

  /** An id whose documents lie in {@code partition}. */
  static String idIn(int partition, String name) {
    return Stream.iterate(0, i -> i + 1)
        .map(i -> name + "-" + i)
        .filter(id -> Partitions.of(id, PARTITIONS) == partition)
        .findFirst()
        .orElseThrow();
  }

  /** Documents of {@code build} that were written and never committed. */
  List<StateLog.Stored> uncommitted(String build) {
    List<StateLog.Stored> rest = new ArrayList<>(written.of(build));
    rest.removeAll(committed.of(build));
    return rest;
  }

  /** What was said of {@code build}, whether it counts or not. */
  List<Event> said(String build) {
    return all.log.stream().filter(event -> event.subject().equals(build)).toList();
  }

  void awaitSaid(String build, Predicate<Event> what) {
    await("something said of " + build)
        .atMost(Installation.PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> said(build).stream().anyMatch(what));
  }

  void awaitClaim(String build, String worker) {
    awaitSaid(
        build,
        event ->
            event.data() instanceof BuildEvent.Claimed claimed
                && claimed.claim().worker().equals(worker));
  }

  /** Ends everything, whatever does not end as it should. */
  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        log.atWarn().setCause(e).log("a part of a test did not close");
      }
    }
  }
}
