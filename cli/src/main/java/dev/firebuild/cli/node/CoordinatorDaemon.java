package dev.firebuild.cli.node;

import dev.firebuild.messaging.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;

/** A coordinator in this process. */
final class CoordinatorDaemon implements AutoCloseable {
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

  private final Settings settings;

  private CoordinatorDaemon(Settings settings) {
    this.settings = settings;
  }

  static CoordinatorDaemon start(Settings settings) {
    return new CoordinatorDaemon(settings);
  }

  String url() {
    return settings.http().url();
  }

  @Override
  public void close() {}
}
