package dev.firebuild.cli.node;

import java.io.IOException;
import java.nio.file.Path;
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
  @Mixin private FleetOptions fleet = new FleetOptions();

  @Mixin private ApiOptions api = new ApiOptions();

  @Option(
      names = "--blobs",
      paramLabel = "DIR",
      description = "Folder of uploads, shared by all coordinators (default: in the data folder).")
  private @Nullable Path blobs;

  CoordinatorCommand(Host host) {
    super(host);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    NodeFiles files = files();
    files.create(files.blobs());
    NodeLogging.configure();
    Ports.requireFree(api.http(), "--http");
    CoordinatorDaemon.Settings settings =
        new CoordinatorDaemon.Settings(
            fleet.kafka(),
            api.http(),
            Identity.of(files.coordinatorId(), fleet.id(), "coordinator"),
            SecretFile.readOrDraw(fleet.tokenFile(files), Identity.RANDOM),
            Optional.ofNullable(blobs).orElseGet(files::blobs),
            api.keepUploads(),
            api.startTimeout(),
            api.keep());
    try (CoordinatorDaemon coordinator = CoordinatorDaemon.start(settings)) {
      out().println("coordinator %s is up: %s".formatted(settings.id(), coordinator.url()));
      out().flush();
      UntilTerminated.await(coordinator);
    }
    return 0;
  }
}
