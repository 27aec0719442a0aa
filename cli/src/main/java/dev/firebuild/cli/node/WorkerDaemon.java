package dev.firebuild.cli.node;

import dev.firebuild.messaging.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;

/** A worker in this process. */
final class WorkerDaemon implements AutoCloseable {
  /**
   * What it needs.
   *
   * @param id stays the same over restarts
   * @param http where coordinators reach it
   * @param data the worker's folder
   * @param images images and kernels
   * @param coordinator URL of its HTTP API, from which uploads are fetched
   * @param token of that API, and of the worker's own
   */
  record Settings(
      KafkaSettings kafka,
      String id,
      WorkerConfig worker,
      HostPort http,
      Path data,
      Path images,
      String coordinator,
      String token,
      Duration startTimeout) {}

  private final Settings settings;

  private WorkerDaemon(Settings settings) {
    this.settings = settings;
  }

  static WorkerDaemon start(Settings settings) {
    return new WorkerDaemon(settings);
  }

  String url() {
    return settings.http().url();
  }

  @Override
  public void close() {}
}
