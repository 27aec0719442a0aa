package dev.firebuild.cli;

import dev.firebuild.cli.client.ApiException;
import dev.firebuild.cli.client.CliException;
import dev.firebuild.cli.node.EnvironmentDefaults;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Errors for the person at the terminal: one line; the stack trace is for {@code --debug}. */
final class Failures {
  private static final String DEBUG = "--debug";

  private Failures() {}

  /** The command line is wrong. */
  static int usage(ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    if (e.getCause() instanceof CliException cause) {
      err.println(command + ": " + cause.getMessage());
    } else {
      err.println(command + ": " + e.getMessage() + origin(e, args));
      boolean suggested = UnmatchedArgumentException.printSuggestions(e, err);
      if (!suggested || Arrays.asList(args).contains(DEBUG)) {
        err.println("See: " + command + " --help");
      }
    }
    err.flush();
    return CliException.USAGE;
  }

  /** A value that nobody typed just now came from the environment. */
  private static String origin(ParameterException e, String[] args) {
    if (e.getArgSpec() instanceof OptionSpec option
        && e.getCommandLine().getCommandSpec().defaultValueProvider()
            instanceof EnvironmentDefaults environment
        && Stream.of(args).noneMatch(argument -> isFlag(argument, option))) {
      return environment.variable(option).map(name -> " (from " + name + ")").orElse("");
    }
    return "";
  }

  private static boolean isFlag(String argument, OptionSpec option) {
    return Stream.of(option.names())
        .anyMatch(name -> argument.equals(name) || argument.startsWith(name + "="));
  }

  /** The command failed. */
  static int explain(Exception e, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    String command = line.getCommandSpec().qualifiedName();
    boolean debug = isDebug(parsed);
    int code =
        switch (e) {
          case CliException failure -> {
            err.println(command + ": " + failure.getMessage());
            yield failure.exitCode();
          }
          case ApiException refusal -> {
            err.println(command + ": " + refusal.getMessage());
            yield CliException.FAILURE;
          }
          default -> {
            err.println(
                "%s: a defect of firebuild: %s%s"
                    .formatted(command, e, debug ? "" : " (--debug shows where)"));
            yield CliException.FAILURE;
          }
        };
    if (debug) {
      e.printStackTrace(err);
    }
    err.flush();
    return code;
  }

  private static boolean isDebug(ParseResult parsed) {
    for (ParseResult part = parsed; part != null; part = part.subcommand()) {
      if (part.hasMatchedOption(DEBUG)) {
        return true;
      }
    }
    return false;
  }
}
