package dev.firebuild.systemtest.mainpath;

import static org.awaitility.Awaitility.await;

import dev.firebuild.systemtest.harness.Checkout;
import dev.firebuild.systemtest.harness.Program;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A coordinator and two workers of one host, with a folder of images that the workers share. */
final class Fleet implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(2);
  private static final List<String> WORKERS = List.of("w1", "w2");

  private final Path root;
  private final int port;
  private final Map<String, Process> processes = new ConcurrentHashMap<>();

  private Fleet(Path root, int port) {
    this.root = root;
    this.port = port;
  }

  /** Starts all three and waits until they are ready. */
  static Fleet start(Path root, Map<String, String> kafka, int port)
      throws IOException, InterruptedException {
    Fleet fleet = new Fleet(root, port);
    Files.writeString(root.resolve("token"), "the-token-of-this-fleet");
    Properties properties = new Properties();
    properties.putAll(kafka);
    try (Writer out = Files.newBufferedWriter(root.resolve("kafka.properties"))) {
      properties.store(out, null);
    }
    fleet.startPart("coordinator", "c1", "--http", String.valueOf(port));
    for (String worker : WORKERS) {
      fleet.startWorker(worker);
    }
    return fleet;
  }

  /** Starts {@code worker}, again if it was there before, and waits until it is ready. */
  void startWorker(String worker) throws IOException {
    startPart(
        "worker", worker, "--coordinator", url(), "--images", root.resolve("images").toString());
  }

  private void startPart(String command, String id, String... more) throws IOException {
    Path log = Files.createTempFile(root, id, ".log");
    List<String> argv = new ArrayList<>();
    argv.addAll(List.of(Checkout.find().launcher().toString(), command, "--id", id));
    argv.addAll(List.of("--data", root.resolve(id).toString()));
    argv.addAll(List.of("--kafka-properties", root.resolve("kafka.properties").toString()));
    argv.addAll(List.of("--token-file", root.resolve("token").toString()));
    argv.addAll(List.of(more));
    Process process =
        Program.of(argv)
            .builder()
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .redirectErrorStream(true)
            .start();
    processes.put(id, process);
    await(id)
        .atMost(READY)
        .until(() -> {
          String said = Files.readString(log);
          if (!process.isAlive()) {
            throw new AssertionError(
                "%s ended with %d%n%s".formatted(id, process.exitValue(), said));
          }
          return said.contains("%s %s is up".formatted(command, id));
        });
  }

  /** {@code firebuild ARGUMENTS} for this fleet. */
  Program command(String... arguments) {
    List<String> argv = new ArrayList<>();
    argv.add(Checkout.find().launcher().toString());
    argv.addAll(List.of(arguments));
    return Program.of(argv)
        .with("FIREBUILD_URL", url())
        .with("FIREBUILD_TOKEN", "the-token-of-this-fleet");
  }

  /** Starts a build that is waited for elsewhere. */
  Process startBuild(String tag, Path context) throws IOException {
    return command("build", "-t", tag, "--progress", "plain", context.toString())
        .builder()
        .redirectErrorStream(true)
        .redirectOutput(root.resolve("build.log").toFile())
        .start();
  }

  /** Ends the process of {@code id} at once, and nothing that it started. */
  void kill(String id) throws InterruptedException {
    Process process = Objects.requireNonNull(processes.get(id), id);
    process.destroyForcibly();
    process.waitFor();
  }

  /** Takes the process of {@code id} off the processors, and nothing that it started. */
  void freeze(String id) throws InterruptedException {
    signal(id, "-STOP");
  }

  void thaw(String id) throws InterruptedException {
    signal(id, "-CONT");
  }

  private void signal(String id, String signal) throws InterruptedException {
    Process process = Objects.requireNonNull(processes.get(id), id);
    Program.of("kill", signal, String.valueOf(process.pid())).run().requireSuccess();
  }

  /** What the host shows of the VMs of {@code worker}. */
  HostView hostOf(String worker) {
    return new HostView(root.resolve(worker).resolve("worker"));
  }

  private String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    processes.values().forEach(Process::destroy);
    for (Process process : processes.values()) {
      try {
        var _ = process.onExit().orTimeout(READY.toSeconds(), TimeUnit.SECONDS).join();
      } catch (CompletionException _) {
        process.destroyForcibly();
      }
    }
    WORKERS.forEach(worker -> hostOf(worker).endVms());
  }
}
