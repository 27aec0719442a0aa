package dev.firebuild.cli;

import dev.firebuild.cli.command.CliContext;
import dev.firebuild.cli.command.ClientCommands;
import dev.firebuild.cli.node.Host;
import dev.firebuild.cli.node.NodeCommands;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code firebuild} command. */
@Command(
    name = "firebuild",
    description = "Build Dockerfiles into microVM images and run them.",
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  private Main() {}

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] args) {
    CliContext context =
        CliContext.ofProcess((folder, _) -> {
          throw new java.io.IOException("no context packer for " + folder);
        });
    int code = commandLine(context).execute(args);
    context.out().flush();
    context.err().flush();
    System.exit(code);
  }

  /** The whole command line in {@code context}: the one place where commands are registered. */
  public static CommandLine commandLine(CliContext context) {
    CommandLine root = new CommandLine(new Main());
    ClientCommands.addTo(root, context);
    NodeCommands.addTo(root, Host.current());
    addHelp(root);
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setOut(new PrintWriter(context.out(), true, StandardCharsets.UTF_8));
    root.setErr(new PrintWriter(context.err(), true, StandardCharsets.UTF_8));
    root.setParameterExceptionHandler(Failures::usage);
    root.setExecutionExceptionHandler(Failures::explain);
    return root;
  }

  private static void addHelp(CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    spec.addOption(
        CommandLine.Model.OptionSpec.builder("--help")
            .usageHelp(true)
            .type(boolean.class)
            .arity("0")
            .description("Show this help.")
            .build());
    line.getSubcommands().values().stream().distinct().forEach(Main::addHelp);
  }

  @Override
  public Integer call() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
    return CommandLine.ExitCode.SOFTWARE;
  }
}
