package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code firebuild kernel rm}. */
@Command(name = "rm", description = "Remove kernels.")
public final class KernelRmCommand extends ClientCommand {
  @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = {"-f", "--force"},
      description = "Also the last one.")
  private boolean force;

  public KernelRmCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    for (String name : names) {
      out(api.delete("/v1/kernels/" + ApiClient.part(name) + (force ? "?force=true" : "")).id());
    }
    return 0;
  }
}
