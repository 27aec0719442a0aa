package dev.firebuild.cli.node;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code firebuild up}. */
@Command(
    name = "up",
    description =
        "Start a node: a broker, a coordinator and a worker, on loopback. Settings can also stand in"
            + " the environment (--kafka-listen: FIREBUILD_KAFKA_LISTEN); see firebuild config.")
final class UpCommand extends NodeCommand {
  @Option(
      names = {"-d", "--detach"},
      description = "Run in the background; returns when the node is ready.")
  private boolean detach;

  @Mixin private ApiOptions api = new ApiOptions();

  @Option(
      names = "--kafka-listen",
      paramLabel = "PORT",
      defaultValue = NodeConfig.KAFKA_PORT,
      description = "Where the broker listens on 127.0.0.1 (default: ${DEFAULT-VALUE}).")
  private int kafkaPort;

  @Mixin private WorkerOptions worker = new WorkerOptions();

  UpCommand(Host host) {
    super(host);
  }

  /** The settings that flags, environment and defaults give. */
  NodeConfig config() {
    return new NodeConfig(
        files().data(),
        api.http(),
        kafkaPort,
        worker.config(),
        api.keepUploads(),
        api.startTimeout(),
        api.keep());
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    NodeConfig config = config();
    NodeFiles files = config.files();
    files.create(files.kafka(), files.blobs(), files.worker());
    return detach ? background(config) : foreground(config);
  }

  private int foreground(NodeConfig config) throws IOException, InterruptedException {
    NodeLogging.configure();
    try (Node node = Node.start(config)) {
      out().println(ready(node.state(), config));
      out().flush();
      node.awaitEnd();
    }
    return 0;
  }

  private int background(NodeConfig config) throws IOException, InterruptedException {
    if (NodeLock.isTaken(config.files().lock())) {
      throw Node.alreadyRuns(config.files());
    }
    List<String> arguments = new ArrayList<>();
    arguments.add("up");
    arguments.addAll(List.of("--data", config.data().toString()));
    arguments.addAll(List.of("--http", config.http().toString()));
    arguments.addAll(List.of("--kafka-listen", String.valueOf(config.kafkaPort())));
    arguments.addAll(List.of("--keep-uploads", String.valueOf(config.keepUploads().toHours())));
    arguments.addAll(List.of("--start-timeout", String.valueOf(config.startTimeout().toSeconds())));
    arguments.addAll(List.of("--keep", String.valueOf(config.keep().toDays())));
    arguments.addAll(worker.arguments());
    // Broker, coordinator and worker start one after the other.
    Duration patience = config.startTimeout().multipliedBy(3);
    NodeState state = Background.start(host(), config.files(), arguments, patience);
    out().println(ready(state, config));
    out().println("It runs in the background: firebuild status, firebuild down.");
    out().flush();
    return 0;
  }

  private static String ready(NodeState state, NodeConfig config) {
    return "firebuild is up: %s, Kafka on %s, data in %s"
        .formatted(state.url(), state.kafka(), config.data());
  }
}
