package dev.firebuild.cli.node;

import java.io.IOException;
import java.nio.file.Files;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code firebuild kafka-properties}. */
@Command(
    name = "kafka-properties",
    description =
        "Print client settings for the node's broker: address and credentials. For kcat:"
            + " firebuild kafka-properties --format librdkafka > kcat.conf; kcat -F kcat.conf -L")
final class KafkaPropertiesCommand extends NodeCommand {
  @Option(
      names = "--format",
      defaultValue = "java",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private KafkaAccess.Format format = KafkaAccess.Format.java;

  KafkaPropertiesCommand(Host host) {
    super(host);
  }

  @Override
  public Integer call() throws IOException {
    NodeFiles files = files();
    NodeState state =
        NodeState.read(files.state())
            .filter(_ -> Files.exists(files.kafkaPassword()))
            .orElseThrow(() -> StatusCommand.noNode(files));
    KafkaAccess access =
        new KafkaAccess(state.kafka(), "firebuild", SecretFile.read(files.kafkaPassword()));
    out().print(access.properties(format));
    out().flush();
    return 0;
  }
}
