package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.CliException;
import dev.firebuild.protocol.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code firebuild dead-letters resubmit}. */
@Command(name = "resubmit", description = "Send a letter again, as it was or corrected.")
public final class DeadLettersResubmitCommand extends ClientCommand {
  /** As much as a request may have, and one byte to see that it has more. */
  private static final int LIMIT = (1 << 20) + 1;

  @Parameters(paramLabel = "LETTER", description = "Its id.")
  private String letter = "";

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE|-",
      description = "The request as it shall be, as JSON; -: from standard input.")
  private @Nullable String file;

  public DeadLettersResubmitCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    Optional<JsonNode> body = Optional.ofNullable(file).map(this::read);
    out(
        api.post("/v1/dead-letters/" + ApiClient.part(letter) + "/resubmit", body, Optional.empty())
            .id());
    return 0;
  }

  private JsonNode read(String from) {
    try (InputStream in = from.equals("-") ? context().in() : Files.newInputStream(Path.of(from))) {
      byte[] bytes = in.readNBytes(LIMIT);
      if (bytes.length == LIMIT) {
        throw new CliException("reading %s: a request has at most 1 MiB".formatted(from));
      }
      return Json.read(bytes, JsonNode.class);
    } catch (IOException e) {
      throw new CliException("reading %s: %s".formatted(from, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new CliException("reading %s: %s".formatted(from, e.getMessage()), e);
    }
  }
}
