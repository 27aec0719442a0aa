package dev.firebuild.cli.node;

import picocli.CommandLine.Option;

/** The flags of commands that must know where the parts of a node listen. */
final class NodePorts {
  @Option(
      names = "--http",
      paramLabel = "[HOST:]PORT",
      defaultValue = NodeConfig.HTTP,
      converter = HostPortConverter.class,
      description = "Where the node's API listens (default: ${DEFAULT-VALUE}).")
  private HostPort http = HostPort.parse(NodeConfig.HTTP);

  @Option(
      names = "--kafka-listen",
      paramLabel = "PORT",
      defaultValue = NodeConfig.KAFKA_PORT,
      description = "Where the node's broker listens on 127.0.0.1 (default: ${DEFAULT-VALUE}).")
  private int kafkaPort;

  HostPort http() {
    return http;
  }

  int kafkaPort() {
    return kafkaPort;
  }
}
