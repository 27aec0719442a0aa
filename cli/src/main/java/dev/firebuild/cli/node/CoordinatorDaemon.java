package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.coordinator.Coordinator;
import dev.firebuild.coordinator.CoordinatorConfig;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.TopicException;
import dev.firebuild.protocol.BearerToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A coordinator in this process. */
final class CoordinatorDaemon implements AutoCloseable {
  private static final long POLL_MILLIS = 20;

  private final Coordinator coordinator;

  /**
   * What it needs.
   *
   * @param id stays the same over restarts
   * @param token of the HTTP API
   * @param blobs the folder of uploads
   * @param keepUploads how long they stay after their last use
   * @param keep settled documents are forgotten so long after their end
   */
  record Settings(
      KafkaSettings kafka,
      HostPort http,
      String id,
      String token,
      Path blobs,
      Duration keepUploads,
      Duration startTimeout,
      Duration keep) {}

  private CoordinatorDaemon(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  /** Returns when it is ready. */
  static CoordinatorDaemon start(Settings settings) throws InterruptedException {
    CoordinatorDaemon daemon = new CoordinatorDaemon(open(settings));
    try {
      daemon.awaitReady(settings.startTimeout());
      return daemon;
    } catch (CliException | InterruptedException e) {
      daemon.close();
      throw e;
    }
  }

  private static Coordinator open(Settings settings) throws InterruptedException {
    try {
      return Coordinator.start(
          new CoordinatorConfig(
              settings.id(),
              settings.kafka(),
              settings.http().host(),
              settings.http().port(),
              new BearerToken(settings.token()),
              settings.blobs(),
              CoordinatorConfig.BLOB_LIMIT,
              settings.keepUploads(),
              settings.keep()));
    } catch (IOException | TopicException e) {
      throw new CliException("the coordinator does not start: " + e.getMessage(), e);
    }
  }

  private void awaitReady(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!coordinator.isReady()) {
      if (System.nanoTime() > deadline) {
        throw new CliException(
            "the coordinator has not read what is in Kafka after %d s; --start-timeout gives it longer"
                .formatted(timeout.toSeconds()));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /**
   * Returns when the documents tell all that was said before the start: what a worker takes over
   * and what it removes depends on them.
   */
  void awaitDecided(Duration timeout) throws InterruptedException {
    try {
      coordinator.hasDecided().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new CliException(
          "the coordinator has not decided on what is in Kafka after %d s; --start-timeout gives it longer"
              .formatted(timeout.toSeconds()),
          e);
    }
  }

  String url() {
    return coordinator.url();
  }

  @Override
  public void close() {
    coordinator.close();
  }
}
