package dev.firebuild.cli.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code firebuild coordinator}. */
@Command(
    name = "coordinator",
    description =
        "Run a coordinator against a Kafka of your own. Any number may run; they share the work.")
final class CoordinatorCommand extends NodeCommand {
  @Mixin private KafkaOptions kafka = new KafkaOptions();

  @Option(
      names = "--http",
      paramLabel = "[HOST:]PORT",
      defaultValue = NodeConfig.HTTP,
      converter = HostPortConverter.class,
      description = "Where the API listens (default: ${DEFAULT-VALUE}).")
  private HostPort http = HostPort.parse(NodeConfig.HTTP);

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "Holds the API's bearer token; the same for all coordinators and workers"
              + " (default: token in the data folder, drawn if there is none).")
  private @Nullable Path tokenFile;

  @Option(
      names = "--id",
      paramLabel = "NAME",
      description = "Name of this coordinator, the same after a restart (default: drawn once).")
  private @Nullable String id;

  @Option(
      names = "--blobs",
      paramLabel = "DIR",
      description = "Folder of uploads, shared by all coordinators (default: in the data folder).")
  private @Nullable Path blobs;

  @Option(
      names = "--start-timeout",
      paramLabel = "SECONDS",
      defaultValue = NodeConfig.START_TIMEOUT_SECONDS,
      description = "How long the start may take (default: ${DEFAULT-VALUE}).")
  private int startTimeout;

  CoordinatorCommand(Host host) {
    super(host);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    NodeFiles files = files();
    files.create();
    NodeLogging.configure();
    Ports.requireFree(http, "--http");
    CoordinatorDaemon.Settings settings =
        new CoordinatorDaemon.Settings(
            kafka.settings(),
            http,
            Identity.of(files.coordinatorId(), Optional.ofNullable(id), "coordinator"),
            SecretFile.readOrDraw(
                Optional.ofNullable(tokenFile).orElseGet(files::token), Identity.RANDOM),
            Optional.ofNullable(blobs).orElseGet(files::blobs),
            Duration.ofSeconds(startTimeout));
    try (CoordinatorDaemon coordinator = CoordinatorDaemon.start(settings)) {
      out().println("coordinator %s is up: %s".formatted(settings.id(), coordinator.url()));
      out().flush();
      UntilTerminated.await(coordinator);
    }
    return 0;
  }
}
