package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.protocol.resource.VmResource;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code firebuild purge}. */
@Command(name = "purge", description = "Remove all VMs that have ended.")
public final class PurgeCommand extends ClientCommand {
  public PurgeCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    VmEnding ending = new VmEnding(api);
    for (VmResource vm : api.list("/v1/vms", VmResource.class)) {
      if (vm.phase().isSettled()) {
        ending.remove(vm.id(), false);
        log("info", "purge", "purged", Map.of("vmm-id", vm.id()));
        out(vm.id());
      }
    }
    return 0;
  }
}
