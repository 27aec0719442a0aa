package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.protocol.resource.ImageResource;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code firebuild images}. */
@Command(name = "images", description = "List images.")
public final class ImagesCommand extends ClientCommand {
  @Mixin private FormatOption format = new FormatOption();
  @Mixin private FilterOption filter = new FilterOption();

  @Option(
      names = {"-q", "--quiet"},
      description = "Only the references.")
  private boolean quiet;

  public ImagesCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    List<ImageResource> images = api.list(filter.of("/v1/images"), ImageResource.class);
    if (quiet) {
      images.forEach(image -> out(image.reference()));
    } else {
      print(format.format(), images, Images.table(images, context().clock().instant()));
    }
    return 0;
  }
}
