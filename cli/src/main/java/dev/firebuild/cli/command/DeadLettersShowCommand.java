package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code firebuild dead-letters show}. */
@Command(name = "show", description = "Show a letter with its value, as JSON.")
public final class DeadLettersShowCommand extends ClientCommand {
  @Parameters(paramLabel = "LETTER", description = "Its id.")
  private String letter = "";

  public DeadLettersShowCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    out(api.pretty("/v1/dead-letters/" + ApiClient.part(letter)));
    return 0;
  }
}
