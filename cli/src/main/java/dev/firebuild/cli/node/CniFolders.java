package dev.firebuild.cli.node;

import dev.firebuild.worker.network.cni.CniSettings;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The flags of commands that must know where the host's CNI networks are. */
final class CniFolders {
  @Option(
      names = "--cni-conf-dir",
      paramLabel = "DIR",
      defaultValue = CniSettings.CONFIGURATIONS,
      description = "Configurations of CNI networks (default: ${DEFAULT-VALUE}).")
  private Path configurations = Path.of(CniSettings.CONFIGURATIONS);

  @Option(
      names = "--cni-bin-dir",
      paramLabel = "DIR",
      defaultValue = CniSettings.PLUGINS,
      description = "CNI plugins (default: ${DEFAULT-VALUE}, then /usr/lib/cni).")
  private Path plugins = Path.of(CniSettings.PLUGINS);

  Path configurations() {
    return configurations;
  }

  Path plugins() {
    return plugins;
  }
}
