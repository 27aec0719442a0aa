package dev.firebuild.cli.node;

import dev.firebuild.messaging.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;

/** A worker in this process. */
final class WorkerDaemon implements AutoCloseable {
  /**
   * What it needs.
   *
   * @param data the worker's folder
   * @param blobs the folder of uploads, shared with the coordinator or filled from it
   * @param token of the coordinator's HTTP API
   * @param coordinator its URL
   */
  record Settings(
      KafkaSettings kafka,
      WorkerConfig worker,
      Path data,
      Path blobs,
      String token,
      String coordinator,
      Duration startTimeout) {}

  private final Settings settings;

  private WorkerDaemon(Settings settings) {
    this.settings = settings;
  }

  static WorkerDaemon start(Settings settings) {
    return new WorkerDaemon(settings);
  }

  String coordinator() {
    return settings.coordinator();
  }

  @Override
  public void close() {}
}
