package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.messaging.KafkaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker, a coordinator and a worker on one data folder. Everything that it must know after a
 * crash lies in the broker's log and the worker's journal, so starting is the same after a kill as
 * after {@code down}.
 */
final class Node implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);
  private static final Duration LOCK_PATIENCE = Duration.ofMillis(500);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Object closing = new Object();
  private volatile Optional<String> failure = Optional.empty();
  private final NodeState state;
  private boolean closed;

  /**
   * Starts all parts and returns when the node is ready.
   *
   * @throws CliException with what to do about it
   */
  static Node start(NodeConfig config) throws IOException, InterruptedException {
    return new Node(config);
  }

  private Node(NodeConfig config) throws IOException, InterruptedException {
    NodeFiles files = config.files();
    parts.push(takeLock(files));
    try {
      // What lies there is of a node that has ended.
      Files.deleteIfExists(files.state());
      Ports.requireFree(config.http(), "--http");
      String token = SecretFile.readOrDraw(files.token(), Identity.RANDOM);
      String password = SecretFile.readOrDraw(files.kafkaPassword(), Identity.RANDOM);

      BrokerKeeper broker =
          push(BrokerKeeper.start(config, password, () -> end("the broker ends again and again")));
      KafkaSettings kafka = KafkaSettings.of(broker.access().clientProperties());
      CoordinatorDaemon coordinator =
          push(
              CoordinatorDaemon.start(
                  new CoordinatorDaemon.Settings(
                      kafka,
                      config.http(),
                      Identity.of(files.coordinatorId(), Optional.empty(), "coordinator"),
                      token,
                      files.blobs(),
                      config.keepUploads(),
                      config.startTimeout(),
                      config.keep())));
      coordinator.awaitDecided(config.startTimeout());
      push(
          WorkerDaemon.start(
              new WorkerDaemon.Settings(
                  kafka,
                  Identity.of(files.workerId(), Optional.empty(), "worker"),
                  config.worker(),
                  new HostPort("127.0.0.1", 0),
                  files.worker(),
                  files.images(),
                  coordinator.url(),
                  token)));

      var _ = push(new IdleMemory());
      state =
          new NodeState(
              ProcessHandle.current().pid(),
              ProcessHandle.current().info().startInstant().orElseGet(Instant::now),
              coordinator.url(),
              broker.access().bootstrap(),
              Version.current());
      state.write(files.state());
      parts.push(() -> Files.deleteIfExists(files.state()));
      Runtime.getRuntime().addShutdownHook(new Thread(this::close, "shutdown"));
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private <P extends AutoCloseable> P push(P part) {
    parts.push(part);
    return part;
  }

  /** A command may look at the lock for a moment, so one failure is not yet another node. */
  static NodeLock takeLock(NodeFiles files) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LOCK_PATIENCE.toNanos();
    do {
      Optional<NodeLock> lock = NodeLock.tryTake(files.lock());
      if (lock.isPresent()) {
        return lock.get();
      }
      Thread.sleep(20);
    } while (System.nanoTime() < deadline);
    throw alreadyRuns(files);
  }

  static CliException alreadyRuns(NodeFiles files) {
    String which =
        NodeState.read(files.state())
            .map(state -> "pid %d, %s".formatted(state.pid(), state.url()))
            .orElse("it is starting");
    return new CliException(
        "a node already runs on %s (%s); stop it with: firebuild down --data %s, or choose another"
                .formatted(files.data(), which, files.data())
            + " folder with --data");
  }

  /** What the node says of itself. */
  NodeState state() {
    return state;
  }

  /** Returns when the node has ended; throws where that was not asked for. */
  void awaitEnd() throws InterruptedException {
    ended.await();
    failure.ifPresent(why -> {
      throw new CliException("the node ended: " + why);
    });
  }

  private void end(String why) {
    failure = Optional.of(why);
    ended.countDown();
  }

  /** Stops all parts, the last one first; VMs go on. */
  @Override
  public void close() {
    synchronized (closing) {
      if (closed) {
        return;
      }
      closed = true;
      while (!parts.isEmpty()) {
        try {
          parts.pop().close();
        } catch (Exception e) {
          log.atWarn().setCause(e).log("a part of the node did not stop cleanly");
        }
      }
    }
    ended.countDown();
  }
}
