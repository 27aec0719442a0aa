package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code firebuild cancel}. */
@Command(name = "cancel", description = "Cancel builds.")
public final class CancelCommand extends ClientCommand {
  @Option(names = "--reason", paramLabel = "TEXT", description = "Shown to whoever watches.")
  private String reason = "cancelled from the command line";

  @Parameters(paramLabel = "BUILD", arity = "1..*", description = "Ids.")
  private List<String> builds = new ArrayList<>();

  public CancelCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    for (String build : builds) {
      out(
          api.post(
                  "/v1/builds/" + ApiClient.part(build) + "/cancel",
                  Optional.of(Map.of("reason", reason)),
                  Optional.empty())
              .id());
    }
    return 0;
  }
}
