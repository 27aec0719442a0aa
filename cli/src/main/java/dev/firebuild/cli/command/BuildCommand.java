package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code firebuild build}. */
@Command(
    name = "build",
    description = "Build a Dockerfile into a microVM image.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:built",
      "1:failed, or cancelled by somebody else",
      "2:wrong usage",
      "130:interrupted"
    })
public final class BuildCommand extends ClientCommand {
  @Option(
      names = {"-t", "--tag"},
      required = true,
      paramLabel = "REF",
      description = "The image's reference: NAME[:TAG].")
  private String tag = "";

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The Dockerfile (default: PATH/Dockerfile).")
  private @Nullable String file;

  @Option(names = "--target", paramLabel = "STAGE", description = "The stage to build.")
  private @Nullable String target;

  @Mixin private BuildOptions options = new BuildOptions();

  @Parameters(
      paramLabel = "PATH",
      description = "Folder of the context; - reads a Dockerfile from standard input.")
  private String path = "";

  public BuildCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    BuildSource source = BuildSource.find(path, Optional.ofNullable(file), context());
    return new Builds(context(), api)
        .build(
            source,
            options.progress(),
            sent -> options.request(tag, sent, Optional.ofNullable(target), context().env()));
  }
}
