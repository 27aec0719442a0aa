package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.protocol.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firebuild image inspect}. */
@Command(name = "inspect", description = "Show all that is known of an image, as JSON.")
public final class ImageInspectCommand extends ClientCommand {
  @Parameters(paramLabel = "REF", description = "Reference of the image.")
  private String reference = "";

  public ImageInspectCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    ObjectNode image = api.get(Images.path(reference), ObjectNode.class);
    image.set("manifest", api.get(Images.path(reference) + "/manifest", JsonNode.class));
    out(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(image));
    return 0;
  }
}
