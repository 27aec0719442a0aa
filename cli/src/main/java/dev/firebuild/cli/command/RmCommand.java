package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code firebuild rm}. */
@Command(name = "rm", description = "Remove VMs that have ended, with their disks.")
public final class RmCommand extends ClientCommand {
  @Mixin private VmTarget target = new VmTarget();

  @Option(
      names = {"-f", "--force"},
      description = "End them first.")
  private boolean force;

  public RmCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    for (String vm : target.all()) {
      new VmEnding(api).remove(vm, force);
      out(vm);
    }
    return 0;
  }
}
