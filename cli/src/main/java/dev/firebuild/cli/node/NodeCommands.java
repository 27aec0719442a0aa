package dev.firebuild.cli.node;

import dev.firebuild.cli.command.CommandTable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The commands of this package. */
public final class NodeCommands {
  private NodeCommands() {}

  /** Adds them to {@code table}, with the environment of {@code host} behind their flags. */
  public static void addTo(CommandTable table, Host host) {
    EnvironmentDefaults defaults = new EnvironmentDefaults(host.environment());
    Consumer<CommandSpec> withDefaults = spec -> spec.defaultValueProvider(defaults);
    table.add(QuickstartCommand.class, () -> new QuickstartCommand(host), withDefaults);
    table.add(UpCommand.class, () -> new UpCommand(host), withDefaults);
    table.add(StatusCommand.class, () -> new StatusCommand(host), withDefaults);
    table.add(DownCommand.class, () -> new DownCommand(host), withDefaults);
    table.add(KafkaPropertiesCommand.class, () -> new KafkaPropertiesCommand(host), withDefaults);
    table.add(CoordinatorCommand.class, () -> new CoordinatorCommand(host), withDefaults);
    table.add(
        ConfigCommand.class,
        () -> new ConfigCommand(host),
        // What follows belongs to the command that is looked at.
        spec -> spec.commandLine().setStopAtPositional(true));
    table.add(WorkerCommand.class, () -> new WorkerCommand(host), withDefaults);
    table.add(DoctorCommand.class, () -> new DoctorCommand(host), withDefaults);
  }

  /** {@code command} alone, as it is in the table; shown as one that is looked at. */
  static CommandLine line(NodeCommand command, EnvironmentDefaults defaults) {
    CommandLine line = new CommandLine(command);
    line.getCommandSpec().defaultValueProvider(defaults);
    line.setCommandName("firebuild config " + line.getCommandName());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line;
  }
}
