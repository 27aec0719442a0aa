package dev.firebuild.worker.network.cni;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the host's networks are.
 *
 * @param network name of the one to use; absent: the first of the folder
 * @param configurations folder of the networks' configurations
 * @param plugins folder of their programs
 * @param cache folder of what is kept of each attachment, as libcni keeps it
 */
public record CniSettings(Optional<String> network, Path configurations, Path plugins, Path cache) {
  public static final String CONFIGURATIONS = "/etc/cni/net.d";
  public static final String PLUGINS = "/opt/cni/bin";
  public static final String CACHE = "/var/lib/cni";

  /** Where Debian has the plugins. */
  private static final Path DEBIAN = Path.of("/usr/lib/cni");

  /** What a worker uses unless told otherwise. */
  public static final CniSettings DEFAULT =
      new CniSettings(Optional.empty(), Path.of(CONFIGURATIONS), Path.of(PLUGINS), Path.of(CACHE));

  public CniSettings {
    configurations = configurations.toAbsolutePath().normalize();
    plugins = plugins.toAbsolutePath().normalize();
    cache = cache.toAbsolutePath().normalize();
  }

  /** Where plugins are looked up, in this order; a folder that was named is the only one. */
  List<Path> pluginFolders() {
    return plugins.equals(Path.of(PLUGINS)) ? List.of(plugins, DEBIAN) : List.of(plugins);
  }
}
