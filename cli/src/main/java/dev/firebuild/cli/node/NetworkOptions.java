package dev.firebuild.cli.node;

import dev.firebuild.worker.network.HostAddresses;
import dev.firebuild.worker.network.cni.CniSettings;
import dev.firebuild.worker.vm.NetworkSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags that say how VMs reach the world. */
final class NetworkOptions {
  /** Whether guests reach something. */
  enum Reach {
    OPEN,
    CLOSED
  }

  @Option(
      names = "--network-provider",
      paramLabel = "user|cni",
      defaultValue = "user",
      description =
          "How VMs reach the world: by slirp4netns, or by the CNI networks of this host; those need"
              + " root (default: ${DEFAULT-VALUE}).")
  private NetworkSettings.Provider provider = NetworkSettings.Provider.USER;

  @Option(
      names = "--cni-network-name",
      paramLabel = "NAME",
      description = "The CNI network of VMs (default: the first by the names of the files).")
  private @Nullable String network;

  @Mixin private CniFolders folders = new CniFolders();

  @Option(
      names = "--cni-cache-dir",
      paramLabel = "DIR",
      defaultValue = CniSettings.CACHE,
      description = "What is kept of each VM in a CNI network (default: ${DEFAULT-VALUE}).")
  private Path cache = Path.of(CniSettings.CACHE);

  @Option(
      names = "--reach-host",
      paramLabel = "open|closed",
      defaultValue = "closed",
      description =
          "Whether guests reach the addresses of this host; never those of its loopback (default:"
              + " ${DEFAULT-VALUE}).")
  private Reach host = Reach.CLOSED;

  @Option(
      names = "--reach-private",
      paramLabel = "open|closed",
      defaultValue = "open",
      description =
          "Whether guests reach private addresses beyond their own network (default:"
              + " ${DEFAULT-VALUE}).")
  private Reach privateRanges = Reach.OPEN;

  NetworkSettings config() {
    return new NetworkSettings(
        provider,
        privateRanges == Reach.CLOSED,
        new CniSettings(
            Optional.ofNullable(network), folders.configurations(), folders.plugins(), cache),
        host == Reach.CLOSED ? HostAddresses.OF_THIS : HostAddresses.NONE);
  }

  /** The same flags for another process. */
  List<String> arguments() {
    CniSettings cni = config().cni();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--network-provider", word(provider),
                "--cni-conf-dir", cni.configurations().toString(),
                "--cni-bin-dir", cni.plugins().toString(),
                "--cni-cache-dir", cni.cache().toString(),
                "--reach-host", word(host),
                "--reach-private", word(privateRanges)));
    cni.network().ifPresent(name -> arguments.addAll(List.of("--cni-network-name", name)));
    return arguments;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
