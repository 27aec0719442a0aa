package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.protocol.request.Source;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code firebuild image import}. */
@Command(
    name = "import",
    description = "Make an image of one layer from the tar of a root file system.")
public final class ImageImportCommand extends ClientCommand {
  @Mixin private BuildOptions options = new BuildOptions();

  @Parameters(index = "0", paramLabel = "REF", description = "Reference of the image.")
  private String reference = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      defaultValue = "-",
      paramLabel = "FILE",
      description = "The tar; - or none: standard input.")
  private String file = "-";

  public ImageImportCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    Uploads uploads = new Uploads(api);
    Source source =
        new Source.Rootfs(
            file.equals("-")
                ? uploads.uploadStream(context().in())
                : uploads.uploadFile(Path.of(file)));
    return new Builds(context(), api)
        .submit(
            () -> options.request(reference, source, Optional.empty(), context().env()),
            options.progress());
  }
}
