package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.output.Table;
import dev.firebuild.cli.output.Text;
import dev.firebuild.cli.output.Units;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.resource.DeadLetterResource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code firebuild dead-letters ls}. */
@Command(name = "ls", description = "List the letters that nobody has dealt with.")
public final class DeadLettersLsCommand extends ClientCommand {
  private static final int REASON = 80;

  @Mixin private FormatOption format = new FormatOption();
  @Mixin private FilterOption filter = new FilterOption();
  @Mixin private LastOption last = new LastOption();

  @Option(
      names = {"-a", "--all"},
      description = "Also those that were sent again or dropped.")
  private boolean all;

  public DeadLettersLsCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    List<DeadLetterResource> letters =
        api.list(
            filter.of("/v1/dead-letters" + (all ? "?state=all" : "")),
            DeadLetterResource.class,
            last.count());
    print(format.format(), letters, table(letters, context().clock().instant()));
    return 0;
  }

  private static Table table(List<DeadLetterResource> letters, Instant now) {
    return new Table(
        List.of("ID", "SOURCE", "SIZE", "CAME", "STATE", "REASON"),
        letters.stream()
            .map(letter ->
                List.of(
                    letter.id(),
                    Text.clean(letter.source()),
                    Units.size(letter.size()),
                    Units.span(Duration.between(letter.at(), now)) + " ago",
                    Json.text(letter.state()).replace("\"", ""),
                    shortened(Text.clean(letter.reason()))))
            .toList());
  }

  private static String shortened(String reason) {
    return reason.length() <= REASON ? reason : reason.substring(0, REASON - 1) + "…";
  }
}
