package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.resource.VmResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

/** {@code firebuild inspect}. */
@Command(name = "inspect", description = "Show all that is known of a VM, as JSON.")
public final class InspectCommand extends ClientCommand {
  @Mixin private VmTarget target = new VmTarget();

  public InspectCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    VmResource vm = api.get(VmEnding.path(target.only()), VmResource.class);
    ObjectNode json = Json.mapper().valueToTree(vm);
    vm.running().ifPresent(running -> addSeedFields(json, vm, running));
    out(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(json));
    return 0;
  }

  /** What scripts written for the first firebuild read. */
  private static void addSeedFields(ObjectNode json, VmResource vm, VmEvent.Running running) {
    json.put("VMMID", vm.id());
    json.putObject("Pid").put("Pid", running.pid());
    json.putArray("NetworkInterfaces")
        .addObject()
        .putObject("StaticConfiguration")
        .putObject("IPConfiguration")
        .put("IP", running.ipAddress())
        .put("IPNet", running.ipAddress() + "/" + running.prefixLength());
  }
}
