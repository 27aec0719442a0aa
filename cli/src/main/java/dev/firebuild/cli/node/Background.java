package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts a node that stays when its terminal goes: in a session of its own, with its output in the
 * data folder's log.
 */
final class Background {
  private static final long POLL_MILLIS = 100;

  private Background() {}

  /**
   * Starts {@code firebuild ARGUMENTS} and returns when the node is ready.
   *
   * @throws CliException with what the node said if it ends before
   */
  static NodeState start(Host host, NodeFiles files, List<String> arguments, Duration timeout)
      throws IOException, InterruptedException {
    long logStart = Files.exists(files.nodeLog()) ? Files.size(files.nodeLog()) : 0;
    List<String> command = new ArrayList<>(List.of("setsid", host.launcher().toString()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(Redirect.appendTo(files.nodeLog().toFile()))
            .redirectErrorStream(true)
            .start();
    long deadline = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() < deadline) {
      if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new CliException(reason(files.nodeLog(), logStart));
      }
      // The launcher becomes the node: same process.
      var state = NodeState.read(files.state()).filter(found -> found.pid() == process.pid());
      if (state.isPresent()) {
        return state.get();
      }
    }
    process.destroy();
    throw new CliException(
        "the node was not ready after %d s; its log: %s"
            .formatted(timeout.toSeconds(), files.nodeLog()));
  }

  /** The node's own message, which it printed last. */
  private static String reason(Path log, long from) throws IOException {
    String prefix = "firebuild up: ";
    return said(log, from)
        .lines()
        .filter(line -> line.startsWith(prefix))
        .reduce((_, last) -> last)
        .map(line -> line.substring(prefix.length()))
        .orElse("the node ended before it was ready; its log: " + log);
  }

  private static String said(Path log, long from) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(from);
      byte[] bytes = new byte[(int) Math.min(file.length() - from, 1 << 20)];
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
