package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;

/**
 * What a running node says of itself, in {@code DATA/node.json}; written when it is ready. The
 * command finds its node by it.
 *
 * @param pid of the node's process
 * @param processStart tells the process from a later one with the same id
 * @param url of the HTTP API
 * @param kafka bootstrap server
 * @param version of firebuild
 */
public record NodeState(long pid, Instant processStart, String url, String kafka, String version) {

  /** The state in {@code file}, whether or not that node still runs; empty if there is none. */
  static Optional<NodeState> read(Path file) {
    try {
      return Optional.of(Json.read(Files.readAllBytes(file), NodeState.class));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw new CliException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** The node's process, if it still runs. */
  Optional<ProcessHandle> process() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> process.info().startInstant().map(processStart::equals).orElse(true));
  }

  void write(Path file) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.write(next, Json.bytes(this));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
