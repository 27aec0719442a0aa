package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.protocol.Topics;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of every process that works with a Kafka that is not its own. */
final class KafkaOptions {
  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT[,…]",
      description = "Bootstrap servers, of Kafka 4.3 or newer.")
  private @Nullable String bootstrap;

  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description =
          "Client properties, for TLS, SASL and all else that Kafka's Java clients know; as"
              + " firebuild kafka-properties prints them.")
  private @Nullable Path file;

  @Option(
      names = "--topic-prefix",
      paramLabel = "NAME",
      defaultValue = "firebuild",
      description = "What topics and groups begin with (default: ${DEFAULT-VALUE}).")
  private String prefix = "firebuild";

  @Option(
      names = "--replication",
      paramLabel = "N",
      defaultValue = "1",
      description = "Copies of each topic that is made (default: ${DEFAULT-VALUE}).")
  private int replication;

  /** Flags go before the file. */
  KafkaSettings settings() throws IOException {
    Map<String, String> client = new TreeMap<>();
    if (file != null) {
      client.putAll(read(file));
    }
    Optional.ofNullable(bootstrap).ifPresent(servers -> client.put("bootstrap.servers", servers));
    if (!client.containsKey("bootstrap.servers")) {
      throw new CliException(
          "which Kafka? Name it with --kafka HOST:PORT, or as bootstrap.servers in --kafka-properties FILE");
    }
    return KafkaSettings.of(client).withTopics(new Topics(prefix)).withReplication(replication);
  }

  private static Map<String, String> read(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new CliException(
          "cannot read the Kafka properties %s: %s".formatted(file, NodeFiles.describe(e)), e);
    }
    Map<String, String> read = new TreeMap<>();
    properties.forEach((name, value) -> read.put(String.valueOf(name), String.valueOf(value)));
    return read;
  }
}
