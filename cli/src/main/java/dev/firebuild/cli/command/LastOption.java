package dev.firebuild.cli.command;

import dev.firebuild.cli.client.CliException;
import picocli.CommandLine.Option;

/** {@code --last}: how much of a list that begins with the newest. */
final class LastOption {
  @Option(
      names = {"-n", "--last"},
      paramLabel = "N",
      description = "Only the newest N.")
  private int last = Integer.MAX_VALUE;

  /** At least one. */
  int count() {
    if (last < 1) {
      throw new CliException(
          CliException.USAGE, "--last %d: expected a number from 1".formatted(last));
    }
    return last;
  }
}
