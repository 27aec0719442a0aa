package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code firebuild dead-letters drop}. */
@Command(name = "drop", description = "Say that letters need nothing more.")
public final class DeadLettersDropCommand extends ClientCommand {
  @Parameters(paramLabel = "LETTER", arity = "1..*", description = "Their ids.")
  private List<String> letters = new ArrayList<>();

  public DeadLettersDropCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    for (String letter : letters) {
      out(api.delete("/v1/dead-letters/" + ApiClient.part(letter)).id());
    }
    return 0;
  }
}
