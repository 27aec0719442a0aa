package dev.firebuild.cli.command;

import picocli.CommandLine.Option;

/** {@code --format}. */
final class FormatOption {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, or json: one object per line (default: table).")
  private ListFormat format = ListFormat.TABLE;

  ListFormat format() {
    return format;
  }
}
