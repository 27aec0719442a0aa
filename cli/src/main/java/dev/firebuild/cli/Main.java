package dev.firebuild.cli;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.cli.command.CliContext;
import dev.firebuild.cli.command.ClientCommands;
import dev.firebuild.cli.command.CommandTable;
import dev.firebuild.cli.command.Packing;
import dev.firebuild.cli.context.ContextPacker;
import dev.firebuild.cli.context.PackedContext;
import dev.firebuild.cli.node.EnvironmentKeys;
import dev.firebuild.cli.node.Host;
import dev.firebuild.cli.node.NodeCommands;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
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
    CliContext context = CliContext.ofProcess(Main::pack);
    int code = commandLine(context, args).execute(args);
    context.out().flush();
    context.err().flush();
    System.exit(code);
  }

  private static Packing.Packed pack(
      Path folder, Path dockerfile, Path tar, Packing.Listener listener) throws IOException {
    PackedContext packed = ContextPacker.pack(folder, dockerfile, tar, listener::packed);
    return new Packing.Packed(packed.digest(), packed.size(), packed.dockerfile());
  }

  /** The whole command line in {@code context}. */
  public static CommandLine commandLine(CliContext context) {
    CommandLine root = root();
    commands(context).install(root);
    return complete(root, context);
  }

  /** As much of the command line as {@code args} need. */
  private static CommandLine commandLine(CliContext context, String[] args) {
    CommandLine root = root();
    commands(context).installCalled(root, args);
    return complete(root, context);
  }

  /** The one place where commands are registered. */
  private static CommandTable commands(CliContext context) {
    CommandTable table = new CommandTable();
    ClientCommands.addTo(table, context);
    NodeCommands.addTo(table, Host.current());
    return table;
  }

  private static CommandLine root() {
    CommandLine root = new CommandLine(new Main());
    root.getCommandSpec().usageMessage().customSynopsis("firebuild [--help] COMMAND");
    return root;
  }

  private static CommandLine complete(CommandLine root, CliContext context) {
    addHelp(root);
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setOut(new PrintWriter(context.out(), true, StandardCharsets.UTF_8));
    root.setErr(new PrintWriter(context.err(), true, StandardCharsets.UTF_8));
    root.setExecutionStrategy(parsed -> execute(parsed, context));
    root.setParameterExceptionHandler(Failures::usage);
    root.setExecutionExceptionHandler(Failures::explain);
    return root;
  }

  /** Help needs no environment; all else trusts that what is set there was understood. */
  private static int execute(ParseResult parsed, CliContext context) {
    Integer help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    try {
      EnvironmentKeys.requireKnown(context.env());
    } catch (CliException e) {
      throw new ParameterException(parsed.asCommandLineList().getLast(), e.getMessage(), e);
    }
    return new CommandLine.RunLast().execute(parsed);
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
    return CommandLine.ExitCode.USAGE;
  }
}
