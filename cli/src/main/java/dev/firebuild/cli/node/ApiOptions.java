package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.coordinator.CoordinatorConfig;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The flags of every process that starts a coordinator. */
final class ApiOptions {
  @Option(
      names = "--http",
      paramLabel = "[HOST:]PORT",
      defaultValue = NodeConfig.HTTP,
      converter = HostPortConverter.class,
      description = "Where the API listens (default: ${DEFAULT-VALUE}).")
  private HostPort http = HostPort.parse(NodeConfig.HTTP);

  @Option(
      names = "--start-timeout",
      paramLabel = "SECONDS",
      defaultValue = NodeConfig.START_TIMEOUT_SECONDS,
      description = "How long a part may take to start (default: ${DEFAULT-VALUE}).")
  private int startTimeout;

  @Option(
      names = "--keep-uploads",
      paramLabel = "HOURS",
      defaultValue = NodeConfig.KEEP_UPLOADS_HOURS,
      description =
          "Uploads that no unfinished build needs are removed so long after their last use"
              + " (default: ${DEFAULT-VALUE}).")
  private int keepUploads;

  @Option(
      names = "--keep",
      paramLabel = "DAYS",
      defaultValue = NodeConfig.KEEP_DAYS,
      converter = DaysConverter.class,
      description =
          "How long builds that have ended and VMs that were removed are remembered (default:"
              + " ${DEFAULT-VALUE}).")
  private Duration keep = CoordinatorConfig.KEEP;

  HostPort http() {
    return http;
  }

  Duration startTimeout() {
    return Duration.ofSeconds(startTimeout);
  }

  Duration keepUploads() {
    // A client asks for an upload, and then submits what needs it.
    if (keepUploads < 1) {
      throw new CliException(
          CliException.USAGE, "--keep-uploads %d: expected at least 1 hour".formatted(keepUploads));
    }
    return Duration.ofHours(keepUploads);
  }

  Duration keep() {
    return keep;
  }
}
