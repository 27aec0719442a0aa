package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code firebuild image export}. */
@Command(name = "export", description = "Write the merged tree of an image as a tar.")
public final class ImageExportCommand extends ClientCommand {
  @Parameters(paramLabel = "REF", description = "Reference of the image.")
  private String reference = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "The file to write (default: standard output).")
  private @Nullable Path output;

  public ImageExportCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    String target = Optional.ofNullable(output).map(Path::toString).orElse("standard output");
    if (output == null && context().terminal()) {
      throw new CliException(
          CliException.USAGE, "a tar garbles a terminal; name a file with -o, or use a pipe");
    }
    try (InputStream tar = api.open(Images.path(reference) + "/export")) {
      if (output == null) {
        var _ = tar.transferTo(context().out());
        context().out().flush();
      } else {
        save(tar, output.toAbsolutePath());
      }
      return 0;
    } catch (IOException e) {
      throw new CliException(
          "exporting %s to %s: %s; what was written is not whole"
              .formatted(reference, target, e.getMessage()),
          e);
    }
  }

  /** A file of that name is there when it is whole, or not at all. */
  private static void save(InputStream tar, Path file) throws IOException {
    Path part = Files.createTempFile(file.getParent(), ".firebuild-", ".part");
    try {
      var _ = Files.copy(tar, part, StandardCopyOption.REPLACE_EXISTING);
      var _ =
          Files.move(
              part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
