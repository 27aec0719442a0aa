package dev.firebuild.cli.command;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code firebuild version}. */
@Command(name = "version", description = "Print the version.")
public final class VersionCommand implements Callable<Integer> {
  // Its flags are understood; none of them changes what is printed.
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private GlobalOptions global = new GlobalOptions();

  private final CliContext context;

  public VersionCommand(CliContext context) {
    this.context = context;
  }

  /** The version of this build. */
  public static String version() {
    return Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion())
        .orElse("0.1.0-dev");
  }

  @Override
  public Integer call() {
    context.out().println("firebuild " + version());
    return 0;
  }
}
