package dev.firebuild.cli.command;

import picocli.CommandLine;

/** All commands of the client. */
public final class ClientCommands {
  private ClientCommands() {}

  /** Adds them to {@code table}. */
  public static void addTo(CommandTable table, CliContext context) {
    table.add(BuildCommand.class, () -> new BuildCommand(context));
    table.add(RootfsCommand.class, () -> new RootfsCommand(context), SeedFlags::refuseRootfs);
    table.add(
        RunCommand.class,
        () -> new RunCommand(context),
        run -> {
          // What follows the image belongs to the program in the guest.
          run.commandLine().setStopAtPositional(true);
          SeedFlags.refuseMachine(run);
        });
    table.add(LsCommand.class, () -> new LsCommand(context), SeedFlags::refuseCommon);
    table.add(InspectCommand.class, () -> new InspectCommand(context), SeedFlags::refuseCommon);
    table.add(LogsCommand.class, () -> new LogsCommand(context));
    table.add(StopCommand.class, () -> new StopCommand(context));
    table.add(KillCommand.class, () -> new KillCommand(context), SeedFlags::refuseCommon);
    table.add(RmCommand.class, () -> new RmCommand(context));
    table.add(PurgeCommand.class, () -> new PurgeCommand(context), SeedFlags::refuseCommon);
    table.add(ImagesCommand.class, () -> new ImagesCommand(context));
    table.add(RmiCommand.class, () -> new RmiCommand(context));
    table.addGroup("image", "Work with images.", group -> images(group, context));
    table.addGroup("kernel", "Work with kernels.", group -> kernels(group, context));
    table.add(BuildsCommand.class, () -> new BuildsCommand(context));
    table.add(CancelCommand.class, () -> new CancelCommand(context));
    table.add(EventsCommand.class, () -> new EventsCommand(context));
    table.addGroup(
        "dead-letters",
        "Look after requests that nobody could do.",
        group -> deadLetters(group, context));
    table.add(WorkersCommand.class, () -> new WorkersCommand(context));
    table.add(VersionCommand.class, () -> new VersionCommand(context));
  }

  private static void images(CommandLine group, CliContext context) {
    group.addSubcommand(new ImageImportCommand(context));
    group.addSubcommand(new ImageInspectCommand(context));
    group.addSubcommand(new ImageExportCommand(context));
    group.addSubcommand(named("ls", new ImagesCommand(context)));
    group.addSubcommand(named("rm", new RmiCommand(context)));
  }

  private static CommandLine named(String name, ClientCommand command) {
    return new CommandLine(command).setCommandName(name);
  }

  private static void deadLetters(CommandLine group, CliContext context) {
    group.addSubcommand(new DeadLettersLsCommand(context));
    group.addSubcommand(new DeadLettersShowCommand(context));
    group.addSubcommand(new DeadLettersResubmitCommand(context));
    group.addSubcommand(new DeadLettersDropCommand(context));
  }

  private static void kernels(CommandLine group, CliContext context) {
    group.addSubcommand(new KernelImportCommand(context));
    group.addSubcommand(new KernelLsCommand(context));
    group.addSubcommand(new KernelRmCommand(context));
  }
}
