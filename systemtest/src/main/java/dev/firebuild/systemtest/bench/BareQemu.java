package dev.firebuild.systemtest.bench;

import dev.firebuild.protocol.Json;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.Ext4;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/**
 * QEMU as a script would start it, with what a running VM has: its kernel, initramfs and layers, a
 * copy of its config drive and an upper disk of the same size. Nothing watches it but the file of
 * its console.
 */
final class BareQemu implements AutoCloseable {
  static final String READY = "bare QEMU, start → ready";
  private static final String READY_LINE = "] ready";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Options of the running VM that are about its watching, not about the machine. */
  private static final Set<String> LEFT_OUT =
      Set.of("-name", "-chardev", "-serial", "-mon", "-action", "-sandbox", "-runas", "-netdev");

  private final Path folder;
  private final Path console;
  private final List<String> argv;

  private BareQemu(Path folder, List<String> argv) {
    this.folder = folder;
    this.console = folder.resolve("console");
    this.argv = new ArrayList<>(argv);
    this.argv.addAll(List.of("-serial", "file:" + console, "-netdev", "user,id=net"));
  }

  /** One like the QEMU that runs as {@code pid}. */
  static BareQemu like(long pid, Path parent) throws IOException {
    Path folder = Files.createTempDirectory(parent, "q");
    String line =
        Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.UTF_8);
    List<String> words = List.of(line.split("\0"));
    List<String> argv = new ArrayList<>(List.of(words.getFirst()));
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("-S")) {
        continue;
      }
      if (LEFT_OUT.contains(word)) {
        i++;
      } else if (word.equals("-blockdev")) {
        argv.addAll(List.of(word, drive(words.get(++i), folder)));
      } else {
        argv.add(word);
      }
    }
    return new BareQemu(folder, argv);
  }

  /** Layers as they are; of the config drive and the upper disk one of its own. */
  private static String drive(String json, Path folder) throws IOException {
    ObjectNode node = (ObjectNode) Json.mapper().readTree(json);
    Path file = Path.of(node.at("/file/filename").asString());
    String name = node.get("node-name").asString();
    Path own = folder.resolve(name);
    if (name.equals("drive0")) {
      Files.copy(file, own);
    } else if (!node.get("read-only").asBoolean()) {
      new Ext4(Processes.of(Map.copyOf(System.getenv())), new SecureRandom())
          .create(own, Files.size(file));
    } else {
      return json;
    }
    ((ObjectNode) node.get("file")).put("filename", own.toString());
    return Json.text(node);
  }

  /** Milliseconds from its start until the guest says that it is ready. */
  double boot() throws IOException, InterruptedException {
    return until(READY_LINE);
  }

  /** Milliseconds from its start until its console shows {@code line}. */
  double until(String line) throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(argv).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      while (!Files.exists(console)
          || !Files.readString(console, StandardCharsets.ISO_8859_1).contains(line)) {
        if (process.waitFor(1, TimeUnit.MILLISECONDS)
            || System.nanoTime() - start > PATIENCE.toNanos()) {
          throw new IllegalStateException(
              "the bare QEMU does not boot: %s%n%s".formatted(argv, Files.readString(log)));
        }
      }
      return DispatchBench.millis(System.nanoTime() - start);
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
  }

  @Override
  public void close() throws IOException {
    DurableFiles.deleteTree(folder);
  }
}
