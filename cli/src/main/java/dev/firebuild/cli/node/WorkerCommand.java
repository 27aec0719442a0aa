package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code firebuild worker}. */
@Command(
    name = "worker",
    description = "Run a worker of this host against a Kafka and a coordinator of your own.")
final class WorkerCommand extends NodeCommand {
  @Mixin private FleetOptions fleet = new FleetOptions();

  @Mixin private WorkerOptions worker = new WorkerOptions();

  @Option(
      names = "--coordinator",
      paramLabel = "URL",
      required = true,
      description = "A coordinator, from which uploads are fetched.")
  private String coordinator = "";

  @Option(
      names = "--http",
      paramLabel = "[HOST:]PORT",
      defaultValue = "127.0.0.1:0",
      converter = HostPortConverter.class,
      description = "Where coordinators reach this worker, for exports (default: a free port).")
  private HostPort http = new HostPort("127.0.0.1", 0);

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description =
          "Folder of images and kernels; workers of one host may share it (default: in the data folder).")
  private @Nullable Path images;

  WorkerCommand(Host host) {
    super(host);
  }

  private String fleetToken(NodeFiles files) throws IOException {
    Path file = fleet.tokenFile(files);
    if (!Files.exists(file)) {
      throw new CliException(
          CliException.USAGE,
          "there is no token at %s; name the file that holds the coordinators' token: --token-file FILE"
              .formatted(file));
    }
    return SecretFile.read(file);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    NodeFiles files = files();
    files.create(files.worker());
    NodeLogging.configure();
    try (NodeLock _ = Node.takeLock(files)) {
      WorkerDaemon.Settings settings =
          new WorkerDaemon.Settings(
              fleet.kafka(),
              Identity.of(files.workerId(), fleet.id(), "worker"),
              worker.config(),
              http,
              files.worker(),
              Optional.ofNullable(images).orElseGet(files::images),
              coordinator,
              fleetToken(files));
      try (WorkerDaemon daemon = WorkerDaemon.start(settings)) {
        out().println("worker %s is up: %s".formatted(settings.id(), daemon.url()));
        out().flush();
        UntilTerminated.await(daemon);
      }
    }
    return 0;
  }
}
