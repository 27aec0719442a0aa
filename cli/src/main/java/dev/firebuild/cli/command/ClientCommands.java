package dev.firebuild.cli.command;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** All commands of the client. */
public final class ClientCommands {
  private ClientCommands() {}

  /** Adds them to {@code root}. */
  public static void addTo(CommandLine root, CliContext context) {
    add(root, new BuildCommand(context));
    SeedFlags.refuseRootfs(add(root, new RootfsCommand(context)));
    CommandSpec run = add(root, new RunCommand(context));
    // What follows the image belongs to the program in the guest.
    run.commandLine().setStopAtPositional(true);
    SeedFlags.refuseMachine(run);
    SeedFlags.refuseCommon(add(root, new LsCommand(context)));
    SeedFlags.refuseCommon(add(root, new InspectCommand(context)));
    add(root, new LogsCommand(context));
    add(root, new StopCommand(context));
    SeedFlags.refuseCommon(add(root, new KillCommand(context)));
    add(root, new RmCommand(context));
    SeedFlags.refuseCommon(add(root, new PurgeCommand(context)));
    add(root, new ImagesCommand(context));
    add(root, new RmiCommand(context));
    CommandLine image = group(root, "image", "Work with images.");
    add(image, new ImageImportCommand(context));
    add(image, new ImageInspectCommand(context));
    add(image, new ImageExportCommand(context));
    image.addSubcommand("ls", new ImagesCommand(context));
    image.addSubcommand("rm", new RmiCommand(context));
    CommandLine kernel = group(root, "kernel", "Work with kernels.");
    add(kernel, new KernelImportCommand(context));
    add(kernel, new KernelLsCommand(context));
    add(kernel, new KernelRmCommand(context));
    add(root, new BuildsCommand(context));
    add(root, new CancelCommand(context));
    add(root, new EventsCommand(context));
    add(root, new WorkersCommand(context));
    add(root, new VersionCommand(context));
  }

  private static CommandSpec add(CommandLine parent, Object command) {
    CommandLine line = new CommandLine(command);
    parent.addSubcommand(line);
    return line.getCommandSpec();
  }

  private static CommandLine group(CommandLine root, String name, String description) {
    CommandLine line = new CommandLine(new GroupCommand());
    line.getCommandSpec().name(name).usageMessage().description(description);
    root.addSubcommand(name, line);
    return line;
  }
}
