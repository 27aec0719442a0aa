package dev.firebuild.systemtest.fault;

import static org.awaitility.Awaitility.await;

import dev.firebuild.coordinator.owner.kafka.Owner;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.Partitions;
import dev.firebuild.protocol.document.WorkerDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.systemtest.queue.Installation;
import dev.firebuild.worker.queue.WorkerQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.IsolationLevel;

/**
 * An installation of its own, within a broker that several share: its processes, and readers of all
 * that is said and stored.
 */
final class Ground implements AutoCloseable {
  static final String TOKEN = "the-token-of-these-tests";

  /** Two coordinators have one each. */
  static final int PARTITIONS = 2;

  private static final Duration AT_ONCE = Duration.ZERO;

  /** Longer than any test: what is killed or frozen in it. */
  static final Duration ENDLESS = Duration.ofMinutes(10);

  final Installation all;
  final StateLog committed;

  /** Also of transactions that are open or were aborted. */
  final StateLog written;

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
    return all.worker(id, new SteppedBuilds(id, AT_ONCE));
  }

  /** A worker in this process, known to the owner, whose builds last until it ends. */
  WorkerQueue slowWorker(String id) throws InterruptedException {
    WorkerQueue worker = all.worker(id, new SteppedBuilds(id, ENDLESS));
    await()
        .atMost(Installation.PATIENCE)
        .until(() -> all.documents.containsKey(WorkerDocument.key(id)));
    return worker;
  }

  /**
   * A worker as a process of its own.
   *
   * @param step how long its builds take
   */
  DebuggedProcess workerProcess(String id, Duration step) throws IOException {
    return opened(
        DebuggedProcess.start(
            id,
            dir,
            WorkerMain.class,
            new Arguments(
                    List.of(
                        id, String.valueOf(all.nextLife()), String.valueOf(step.toMillis())),
                    all.settings)
                .toList()));
  }

  /** A coordinator as a process of its own, which has its partitions. */
  DebuggedProcess coordinatorProcess(String id) throws IOException {
    return opened(
        DebuggedProcess.start(
            id,
            dir,
            CoordinatorMain.class,
            new Arguments(List.of(id, dir.resolve("blobs").toString()), all.settings).toList()));
  }

  /** An id whose documents lie in {@code partition}. */
  static String idIn(int partition, String name) {
    return Stream.iterate(0, i -> i + 1)
        .map(i -> name + "-" + i)
        .filter(id -> Partitions.of(id, PARTITIONS) == partition)
        .findFirst()
        .orElseThrow();
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

  @Override
  public void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
