package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.CliException;
import dev.firebuild.protocol.request.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code firebuild kernel import}. */
@Command(
    name = "import",
    description =
        "Make a kernel that VMs can boot from a Debian kernel package, an ELF, or vmlinuz and modules.")
public final class KernelImportCommand extends ClientCommand {
  @Mixin private BuildOptions options = new BuildOptions();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the kernel (default: from the name of the file).")
  private @Nullable String name;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "A package, an archive, an ELF; or vmlinuz and the modules' files and folders.")
  private List<Path> files = new ArrayList<>();

  public KernelImportCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    requireNoArchive(files);
    Uploads uploads = new Uploads(api);
    Source source =
        new Source.Kernel(
            files.size() == 1 ? uploads.uploadFile(files.getFirst()) : uploads.uploadTar(files));
    String kernel = Optional.ofNullable(name).orElseGet(() -> defaultName(files.getFirst()));
    return new Builds(context(), api)
        .submit(
            () -> options.request(kernel, source, Optional.empty(), context().env()),
            options.progress());
  }

  /** An archive among several files would be taken for a file of the kernel: modules would lack. */
  static void requireNoArchive(List<Path> files) {
    files.stream()
        .filter(file -> files.size() > 1)
        .filter(file -> String.valueOf(file.getFileName()).matches(".*\\.(deb|tar(\\.\\w+)?|tgz)"))
        .findFirst()
        .ifPresent(archive -> {
          throw new CliException(
              CliException.USAGE,
              "%s is an archive; give it alone, with all that the kernel needs in it, or unpack it and name its files and folders"
                  .formatted(archive));
        });
  }

  /** {@code linux-image-6.1.0-1-cloud-amd64_6.1.1_amd64.deb} is {@code 6.1.0-1-cloud-amd64}. */
  static String defaultName(Path file) {
    String base = String.valueOf(file.getFileName());
    String plain =
        base.replaceFirst("\\.(deb|tar|elf)$", "")
            .replaceFirst("_.*$", "")
            .replaceFirst("^linux-image-(unsigned-)?", "")
            .replaceFirst("^vmlinu[xz]-", "");
    if (!plain.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,127}")) {
      throw new CliException(
          CliException.USAGE,
          "the file name %s makes no kernel name; give one with --name".formatted(base));
    }
    return plain;
  }
}
