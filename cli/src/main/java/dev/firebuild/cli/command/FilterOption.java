package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.CliException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code --filter}: what a list shall show. */
final class FilterOption {
  @Option(
      names = {"-f", "--filter"},
      paramLabel = "KEY=VALUE",
      description =
          "Only what fits, for example since=2026-01-31T12:00:00Z; of several with one key one must fit.")
  private List<String> filters = new ArrayList<>();

  /** The list at {@code path}, with these filters; the node knows which there are. */
  String of(String path) {
    String filtered = path;
    for (String filter : filters) {
      int sign = filter.indexOf('=');
      if (sign < 1) {
        throw new CliException(
            CliException.USAGE, "--filter %s: expected KEY=VALUE".formatted(filter));
      }
      filtered = ApiClient.with(filtered, filter.substring(0, sign), filter.substring(sign + 1));
    }
    return filtered;
  }
}
