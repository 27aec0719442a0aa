package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code firebuild rootfs}: {@code build} by the names of the first firebuild. */
@Command(
    name = "rootfs",
    description = "Build a Dockerfile into a microVM image; its folder is the context.")
public final class RootfsCommand extends ClientCommand {
  @Option(
      names = "--dockerfile",
      required = true,
      paramLabel = "FILE",
      description = "The Dockerfile, a local file.")
  private String dockerfile = "";

  @Option(
      names = "--tag",
      required = true,
      paramLabel = "REF",
      description = "The image's reference: NAME[:TAG].")
  private String tag = "";

  @Option(names = "--dockerfile-stage", paramLabel = "STAGE", description = "The stage to build.")
  private @Nullable String stage;

  @Mixin private BuildOptions options = new BuildOptions();

  public RootfsCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    Path parent = Path.of(dockerfile).toAbsolutePath().getParent();
    BuildSource source =
        BuildSource.find(
            dockerfile.contains("://") || parent == null ? dockerfile : parent.toString(),
            Optional.of(dockerfile),
            context());
    int code =
        new Builds(context(), api)
            .build(
                source,
                options.progress(),
                sent -> options.request(tag, sent, Optional.ofNullable(stage), context().env()));
    if (code == 0) {
      log("info", "rootfs", "build completed successfully", Map.of("tag", tag));
    }
    return code;
  }
}
