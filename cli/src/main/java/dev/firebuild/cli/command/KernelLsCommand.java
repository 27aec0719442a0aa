package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.protocol.resource.KernelResource;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code firebuild kernel ls}. */
@Command(name = "ls", description = "List kernels.")
public final class KernelLsCommand extends ClientCommand {
  @Mixin private FormatOption format = new FormatOption();
  @Mixin private FilterOption filter = new FilterOption();

  public KernelLsCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    List<KernelResource> kernels = api.list(filter.of("/v1/kernels"), KernelResource.class);
    print(format.format(), kernels, Images.kernels(kernels, context().clock().instant()));
    return 0;
  }
}
