package dev.firebuild.cli;

import dev.firebuild.cli.client.ApiException;
import dev.firebuild.cli.client.CliException;
import java.io.PrintWriter;
import java.util.Arrays;
import picocli.CommandLine;
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
      err.println(command + ": " + e.getMessage());
      boolean suggested = UnmatchedArgumentException.printSuggestions(e, err);
      if (!suggested || Arrays.asList(args).contains(DEBUG)) {
        err.println("See: " + command + " --help");
      }
    }
    err.flush();
    return CliException.USAGE;
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
