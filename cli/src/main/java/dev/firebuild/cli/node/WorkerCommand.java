package dev.firebuild.cli.node;

import java.io.IOException;
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
  @Mixin private KafkaOptions kafka = new KafkaOptions();

  @Mixin private WorkerOptions worker = new WorkerOptions();

  @Option(
      names = "--coordinator",
      paramLabel = "URL",
      required = true,
      description = "A coordinator, from which uploads are fetched.")
  private String coordinator = "";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      required = true,
      description = "Holds the bearer token of the coordinators.")
  private Path tokenFile = Path.of("");

  @Option(
      names = "--id",
      paramLabel = "NAME",
      description = "Name of this worker, the same after a restart (default: drawn once).")
  private @Nullable String id;

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

  @Override
  public Integer call() throws IOException, InterruptedException {
    NodeFiles files = files();
    files.create();
    NodeLogging.configure();
    try (NodeLock _ = Node.takeLock(files)) {
      WorkerDaemon.Settings settings =
          new WorkerDaemon.Settings(
              kafka.settings(),
              Identity.of(files.workerId(), Optional.ofNullable(id), "worker"),
              worker.config(),
              http,
              files.worker(),
              Optional.ofNullable(images).orElseGet(files::images),
              coordinator,
              SecretFile.read(tokenFile));
      try (WorkerDaemon daemon = WorkerDaemon.start(settings)) {
        out().println("worker %s is up: %s".formatted(settings.id(), daemon.url()));
        out().flush();
        UntilTerminated.await(daemon);
      }
    }
    return 0;
  }
}
