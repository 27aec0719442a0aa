package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code firebuild stop}. */
@Command(
    name = "stop",
    description = "End VMs by their stop signal, by force after a time, and wait for it.")
public final class StopCommand extends ClientCommand {
  @Mixin private VmTarget target = new VmTarget();

  @Option(
      names = {"-t", "--time"},
      paramLabel = "SECONDS",
      description = "Time between the stop signal and force (default: 10).")
  private @Nullable Integer seconds;

  public StopCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    for (String vm : target.all()) {
      new VmEnding(api).stop(vm, Optional.ofNullable(seconds));
      out(vm);
    }
    return 0;
  }
}
