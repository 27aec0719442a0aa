package dev.firebuild.worker.network.cni;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The configurations of networks in a folder, in the order of their files' names. */
final class NetworkConfigs {
  private final Path folder;

  NetworkConfigs(Path folder) {
    this.folder = folder;
  }

  /**
   * The network {@code name}, or the first one. Only for a network by name broken files of others
   * are passed over.
   *
   * @throws IOException saying which file is wrong and why, or what was looked for in vain
   */
  NetworkConfig load(Optional<String> name) throws IOException {
    List<String> others = new ArrayList<>();
    for (Path file : files(folder, "*.{conflist,conf,json}")) {
      try {
        NetworkConfig config = NetworkConfig.parse(file.toString(), Files.readAllBytes(file));
        if (name.isEmpty() || name.get().equals(config.name())) {
          return complete(config);
        }
        others.add(config.name());
      } catch (IOException e) {
        if (name.isEmpty()) {
          throw e;
        }
        others.add(String.valueOf(e.getMessage()));
      }
    }
    throw new IOException(
        name.map(wanted ->
                "no network %s in %s; there are: %s"
                    .formatted(
                        wanted, folder, others.isEmpty() ? "none" : String.join(", ", others)))
            .orElse(
                "no network is configured in %s: put a .conflist there, or name another folder with --cni-conf-dir"
                    .formatted(folder)));
  }

  private NetworkConfig complete(NetworkConfig config) throws IOException {
    List<NetworkConfig.Plugin> more = new ArrayList<>();
    if (!config.inlineOnly()) {
      // The name has passed the rules for names: it leads nowhere else.
      for (Path file : files(folder.resolve(config.name()), "*.conf")) {
        more.add(NetworkConfig.parsePlugin(file.toString(), Files.readAllBytes(file)));
      }
    }
    NetworkConfig complete = config.withMore(more);
    if (complete.plugins().isEmpty()) {
      throw new IOException("the network %s in %s has no plugins".formatted(config.name(), folder));
    }
    return complete;
  }

  private static List<Path> files(Path folder, String pattern) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
      entries.forEach(files::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    files.removeIf(file -> !Files.isRegularFile(file));
    files.sort(null);
    return files;
  }
}
