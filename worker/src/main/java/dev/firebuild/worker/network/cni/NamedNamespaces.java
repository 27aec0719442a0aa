package dev.firebuild.worker.network.cni;

import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Network namespaces that have a name in the file system, so that they outlive every process (see
 * ip-netns(8)). The name derives from the machine's id: it is known before the namespace exists.
 */
final class NamedNamespaces {
  private static final Path FOLDER = Path.of("/run/netns");

  private final Processes processes;

  NamedNamespaces(Processes processes) {
    this.processes = processes;
  }

  private static String name(String id) {
    return "firebuild-" + id;
  }

  private static Path path(String id) {
    return FOLDER.resolve(name(id));
  }

  Path create(String id) throws IOException {
    processes.require(ProcessCommand.of("ip", "netns", "add", name(id)));
    return path(id);
  }

  /**
   * Where the namespace of {@code id} is; a mere file of its name, as a crash leaves it, is none.
   */
  Optional<Path> find(String id) throws IOException {
    try {
      Object device = Files.getAttribute(path(id), "unix:dev");
      return device.equals(Files.getAttribute(FOLDER, "unix:dev"))
          ? Optional.empty()
          : Optional.of(path(id));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Names the namespace of process {@code pid} again. */
  void restore(String id, long pid) throws IOException {
    remove(id);
    processes.require(ProcessCommand.of("ip", "netns", "attach", name(id), Long.toString(pid)));
  }

  /** The namespace itself goes with the last process in it. */
  void remove(String id) throws IOException {
    if (Files.exists(path(id))) {
      processes.require(ProcessCommand.of("ip", "netns", "delete", name(id)));
    }
  }
}
