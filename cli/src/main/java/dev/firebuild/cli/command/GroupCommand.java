package dev.firebuild.cli.command;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A word that only stands before other commands. */
@Command
public final class GroupCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("used outside a command line");
    }
    throw new ParameterException(
        spec.commandLine(),
        "name what to do: %s %s"
            .formatted(spec.qualifiedName(), String.join(" | ", spec.subcommands().keySet())));
  }
}
