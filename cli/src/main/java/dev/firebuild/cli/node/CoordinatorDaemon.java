package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.coordinator.Coordinator;
import dev.firebuild.coordinator.CoordinatorConfig;
import dev.firebuild.coordinator.http.BearerToken;
import dev.firebuild.messaging.KafkaSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A coordinator in this process, ready. */
final class CoordinatorDaemon implements AutoCloseable {
  private static final int POLL_MILLIS = 20;

  /**
   * What it needs.
   *
   * @param id stays the same over restarts
   * @param token of the HTTP API
   * @param blobs the folder of uploads
   */
  record Settings(
      KafkaSettings kafka,
      HostPort http,
      String id,
      String token,
      Path blobs,
      Duration startTimeout) {}

  private final Coordinator coordinator;

  private CoordinatorDaemon(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  static CoordinatorDaemon start(Settings settings) throws IOException, InterruptedException {
    Coordinator coordinator =
        Coordinator.start(
            new CoordinatorConfig(
                settings.id(),
                settings.kafka(),
                settings.http().host(),
                settings.http().port(),
                new BearerToken(settings.token()),
                settings.blobs()));
    long deadline = System.nanoTime() + settings.startTimeout().toNanos();
    while (!coordinator.isReady()) {
      if (System.nanoTime() > deadline) {
        coordinator.close();
        throw new CliException(
            "the coordinator has not read what happened before its start within %d s; is Kafka"
                    .formatted(settings.startTimeout().toSeconds())
                + " overloaded? Give it more time with --start-timeout");
      }
      Thread.sleep(POLL_MILLIS);
    }
    return new CoordinatorDaemon(coordinator);
  }

  String url() {
    return coordinator.url();
  }

  @Override
  public void close() {
    coordinator.close();
  }
}
