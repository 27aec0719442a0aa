package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code firebuild rmi}. */
@Command(name = "rmi", description = "Remove images.")
public final class RmiCommand extends ClientCommand {
  @Parameters(paramLabel = "REF", arity = "1..*", description = "References.")
  private List<String> references = new ArrayList<>();

  public RmiCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    for (String reference : references) {
      out(api.delete(Images.path(reference)).id());
    }
    return 0;
  }
}
