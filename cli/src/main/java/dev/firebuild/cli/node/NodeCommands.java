package dev.firebuild.cli.node;

import java.util.List;
import picocli.CommandLine;

/** The commands of this package, for the command line that holds them all. */
public final class NodeCommands {
  private NodeCommands() {}

  /** Adds them to {@code line}, with the environment of {@code host} behind their flags. */
  public static void addTo(CommandLine line, Host host) {
    List<Object> commands =
        List.of(
            new UpCommand(host),
            new StatusCommand(host),
            new DownCommand(host),
            new KafkaPropertiesCommand(host),
            new CoordinatorCommand(host),
            new WorkerCommand(host),
            new QuickstartCommand(host));
    for (Object command : commands) {
      CommandLine subcommand = new CommandLine(command);
      subcommand.setDefaultValueProvider(new EnvironmentDefaults(host.environment()));
      line.addSubcommand(subcommand);
    }
  }
}
