package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.ApiException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code firebuild kill}. */
@Command(
    name = "kill",
    description = {
      "End VMs by force and wait for it.",
      "With --vmm-id: stop the VM, by force after --shutdown-timeout, and remove what is left of"
          + " it; a VM that is not there is no error."
    })
public final class KillCommand extends ClientCommand {
  private static final int SEED_TIMEOUT_SECONDS = 15;

  @Mixin private VmTarget target = new VmTarget();

  @Option(
      names = "--shutdown-timeout",
      paramLabel = "TIME",
      converter = SecondsConverter.class,
      description = "Stop gracefully first, for at most this time: 15s, 2m (with --vmm-id: 15s).")
  private @Nullable Integer timeout;

  public KillCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    VmEnding ending = new VmEnding(api);
    for (String vm : target.all()) {
      if (target.byFlag()) {
        killAsSeed(ending, vm);
      } else if (timeout != null) {
        ending.stop(vm, Optional.of(timeout));
      } else {
        ending.kill(vm);
      }
      out(vm);
    }
    return 0;
  }

  private void killAsSeed(VmEnding ending, String vm) {
    try {
      ending.stop(vm, Optional.of(timeout == null ? SEED_TIMEOUT_SECONDS : timeout));
      ending.remove(vm, true);
    } catch (ApiException e) {
      if (!e.is("not-found")) {
        throw e;
      }
      log("error", "kill", "VMM not found, nothing to do", Map.of("vmm-id", vm));
      if (!global().logAsJson()) {
        err("firebuild kill: there is no VM %s, nothing to do".formatted(vm));
      }
    }
  }
}
