package dev.firebuild.cli.node;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of an all-in-one node.
 *
 * @param data everything that the node keeps
 * @param http where the API listens
 * @param kafkaPort where the broker listens, on loopback
 * @param worker the worker's part
 * @param keepUploads how long uploads stay after their last use
 * @param startTimeout how long a part may take until it is ready
 * @param keep settled documents are forgotten so long after their end
 */
public record NodeConfig(
    Path data,
    HostPort http,
    int kafkaPort,
    WorkerTuning worker,
    Duration keepUploads,
    Duration startTimeout,
    Duration keep) {
  public static final String HTTP = "127.0.0.1:7080";
  public static final String KAFKA_PORT = "9092";
  public static final String KEEP_UPLOADS_HOURS = "24";
  public static final String START_TIMEOUT_SECONDS = "120";
  public static final String KEEP_DAYS = "7";

  /** The paths below {@link #data}. */
  public NodeFiles files() {
    return new NodeFiles(data);
  }
}
