package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.resource.VmResource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code firebuild ls}. */
@Command(name = "ls", aliases = "ps", description = "List VMs, those that have ended too.")
public final class LsCommand extends ClientCommand {
  private static final String RUNNING =
      Arrays.stream(VmDocument.Phase.values())
          .filter(phase -> !phase.isSettled())
          .map(phase -> phase.name().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(",", "/v1/vms?phase=", ""));

  @Mixin private FormatOption format = new FormatOption();
  @Mixin private FilterOption filter = new FilterOption();
  @Mixin private LastOption last = new LastOption();

  @Option(
      names = {"-a", "--all"},
      description = "Also those that have ended (ls always does).")
  private boolean all;

  @Option(
      names = {"-q", "--quiet"},
      description = "Only the ids.")
  private boolean quiet;

  @Option(names = "--running", description = "Only those that have not ended.")
  private boolean running;

  public LsCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    List<VmResource> vms =
        api.list(filter.of(running && !all ? RUNNING : "/v1/vms"), VmResource.class, last.count());
    if (global().logAsJson()) {
      vms.forEach(vm -> log("info", "ls", "vmm", seedFields(vm)));
    } else if (quiet) {
      vms.forEach(vm -> out(vm.id()));
    } else {
      print(format.format(), vms, Vms.table(vms, context().clock().instant()));
    }
    return 0;
  }

  private static Map<String, Object> seedFields(VmResource vm) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", vm.id());
    fields.put("vmm-id", vm.id());
    fields.put("running", vm.phase() == VmDocument.Phase.RUNNING);
    fields.put("image", vm.request().image());
    vm.running().map(VmEvent.Running::pid).ifPresent(pid -> fields.put("pid", pid));
    vm.running().map(VmEvent.Running::ipAddress).ifPresent(ip -> fields.put("ip-address", ip));
    vm.startedAt().ifPresent(at -> fields.put("started", at.toString()));
    return fields;
  }
}
