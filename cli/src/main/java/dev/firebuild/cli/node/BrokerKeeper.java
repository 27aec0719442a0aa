package dev.firebuild.cli.node;

import dev.firebuild.broker.BrokerAccess;
import dev.firebuild.broker.BrokerException;
import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the node's broker running: waits for one that outlives its killed node, starts it on its
 * fixed port, and starts it again when it ends. Clients find it back by themselves.
 */
final class BrokerKeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BrokerKeeper.class);
  private static final Duration PREDECESSOR = Duration.ofSeconds(20);
  private static final int RESTARTS = 5;
  private static final Duration RESTART_WINDOW = Duration.ofMinutes(5);

  private final BrokerProcess.Options options;
  private final Path pidFile;
  private final Runnable onGivingUp;
  private final Object lock = new Object();
  private BrokerProcess broker;
  private boolean closed;
  private int restarts;
  private long lastRestart = System.nanoTime();

  private BrokerKeeper(
      BrokerProcess.Options options, Path pidFile, Runnable onGivingUp, BrokerProcess broker) {
    this.options = options;
    this.pidFile = pidFile;
    this.onGivingUp = onGivingUp;
    this.broker = broker;
  }

  /**
   * Starts the broker and waits until it is ready.
   *
   * @param password see {@link BrokerAccess}
   * @param onGivingUp called when the broker ends again and again
   */
  static BrokerKeeper start(NodeConfig config, String password, Runnable onGivingUp)
      throws IOException, InterruptedException {
    NodeFiles files = config.files();
    awaitPredecessor(files.brokerPid());
    Ports.requireFree(new HostPort("127.0.0.1", config.kafkaPort()), "--kafka-listen");
    BrokerProcess.Options options =
        BrokerProcess.Options.like(
            files.kafka(), config.kafkaPort(), password, files.brokerLog(), config.startTimeout());
    BrokerKeeper keeper =
        new BrokerKeeper(options, files.brokerPid(), onGivingUp, startBroker(options));
    keeper.watch();
    return keeper;
  }

  private static BrokerProcess startBroker(BrokerProcess.Options options)
      throws InterruptedException {
    try {
      return BrokerProcess.start(options);
    } catch (BrokerException e) {
      throw new CliException("the broker does not start: " + e.getMessage(), e);
    }
  }

  /** A broker stops by itself when its node is gone, and holds port and log until it has. */
  private static void awaitPredecessor(Path pidFile) throws IOException, InterruptedException {
    Optional<ProcessHandle> predecessor = predecessor(pidFile);
    if (predecessor.isEmpty()) {
      return;
    }
    ProcessHandle process = predecessor.get();
    log.atInfo().addKeyValue("pid", process.pid()).log("waiting for the last node's broker to end");
    try {
      process.onExit().get(PREDECESSOR.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      process.destroyForcibly();
      process.onExit().join();
    } catch (ExecutionException e) {
      throw new IOException("waiting for process " + process.pid(), e);
    }
  }

  private static Optional<ProcessHandle> predecessor(Path pidFile) throws IOException {
    if (!Files.exists(pidFile)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(pidFile);
    if (lines.size() != 2) {
      return Optional.empty();
    }
    Optional<Instant> start = Optional.of(Instant.parse(lines.get(1)));
    return ProcessHandle.of(Long.parseLong(lines.getFirst()))
        .filter(process -> process.info().startInstant().equals(start));
  }

  /** Where clients find the broker. */
  BrokerAccess access() {
    synchronized (lock) {
      return broker.access();
    }
  }

  private void watch() throws IOException {
    BrokerProcess watched;
    synchronized (lock) {
      watched = broker;
    }
    Optional<Instant> start = ProcessHandle.of(watched.pid()).flatMap(p -> p.info().startInstant());
    if (start.isPresent()) {
      Files.writeString(pidFile, watched.pid() + "\n" + start.get() + "\n");
    }
    watched
        .onExit()
        .thenRunAsync(this::restart, task -> Thread.ofVirtual().name("broker").start(task))
        .exceptionally(e -> {
          log.atError().setCause(e).log("watching the broker failed");
          onGivingUp.run();
          return null;
        });
  }

  private void restart() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      if (mayRestart()) {
        log.atWarn()
            .addKeyValue("log", options.logFile())
            .log("the broker ended; starting it again");
        try {
          broker = startBroker(options);
          watch();
          return;
        } catch (CliException | IOException e) {
          log.atError().setCause(e).log("the broker cannot be started again");
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
        }
      }
    }
    onGivingUp.run();
  }

  private boolean mayRestart() {
    long now = System.nanoTime();
    if (now - lastRestart > RESTART_WINDOW.toNanos()) {
      restarts = 0;
    }
    lastRestart = now;
    restarts++;
    return restarts <= RESTARTS;
  }

  /** Stops the broker; its clients must be closed before. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      broker.close();
    }
  }
}
