package dev.firebuild.systemtest.harness;

import dev.firebuild.protocol.Topics;
import dev.firebuild.recordcheck.WholeLog;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A node of the built distribution, as a process in the foreground, with data and ports of its own.
 * Closing it stops its VMs and the node, by force where need be, and wants every record that it has
 * to be as it is documented.
 */
public final class TestNode implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final Duration STOP = Duration.ofMinutes(2);

  private final Path data;
  private final int httpPort;
  private final int kafkaPort;
  private final List<String> flags;
  private Optional<Process> process = Optional.empty();

  private TestNode(Path data, int httpPort, int kafkaPort, List<String> flags) {
    this.data = data;
    this.httpPort = httpPort;
    this.kafkaPort = kafkaPort;
    this.flags = List.copyOf(flags);
  }

  /** A node that is not started yet; {@code data} need not exist. */
  public static TestNode on(Path data, String... flags) {
    return new TestNode(data, FreePorts.one(), FreePorts.one(), List.of(flags));
  }

  /** Starts it and waits until it is ready. */
  public TestNode up() throws IOException, InterruptedException {
    if (process.isPresent() && process.get().isAlive()) {
      throw new IllegalStateException("is up already");
    }
    Files.createDirectories(log().getParent());
    List<String> arguments = new ArrayList<>();
    arguments.add("up");
    arguments.addAll(List.of("--http", String.valueOf(httpPort)));
    arguments.addAll(List.of("--kafka-listen", String.valueOf(kafkaPort)));
    arguments.addAll(flags);
    Process started =
        command(arguments.toArray(String[]::new))
            .builder()
            .redirectOutput(Redirect.appendTo(log().toFile()))
            .redirectErrorStream(true)
            .start();
    process = Optional.of(started);
    Path state = data.resolve("node.json");
    long deadline = System.nanoTime() + READY.toNanos();
    String mine = "\"pid\":" + started.pid() + ",";
    while (!Files.exists(state) || !Files.readString(state).contains(mine)) {
      if (started.waitFor(50, TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            "the node ended with %d%n%s".formatted(started.exitValue(), logs()));
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the node is not ready%n%s".formatted(logs()));
      }
    }
    return this;
  }

  /** {@code firebuild ARGUMENTS --data DATA}, with the node's address in the environment. */
  public Program command(String... arguments) {
    List<String> argv = new ArrayList<>();
    argv.add(Checkout.find().launcher().toString());
    argv.addAll(List.of(arguments));
    return Program.of(argv).with("FIREBUILD_DATA", data.toString());
  }

  /** Runs {@link #command} and requires that it succeeds. */
  public Finished firebuild(String... arguments) throws InterruptedException {
    return command(arguments).run().requireSuccess();
  }

  /** Ends the node at once, as a power cut would. */
  public void kill() throws InterruptedException {
    Process running = running();
    running.destroyForcibly();
    running.waitFor();
  }

  /** Stops the node as {@code Ctrl-C} would, and waits. */
  public int stop() throws InterruptedException {
    Process running = running();
    running.destroy();
    if (!running.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the node does not stop%n%s".formatted(logs()));
    }
    return running.exitValue();
  }

  private Process running() {
    return process.orElseThrow(() -> new IllegalStateException("was never started"));
  }

  private void stopDocumented() throws InterruptedException {
    try {
      WholeLog.requireClean(kafkaProperties(), Topics.DEFAULT);
    } finally {
      command("down", "--vms").within(STOP).run();
    }
  }

  /** Those of a client of its broker. */
  public Map<String, String> kafkaProperties() throws InterruptedException {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(firebuild("kafka-properties", "--format", "java").stdout()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.stringPropertyNames().stream()
        .collect(Collectors.toMap(name -> name, properties::getProperty));
  }

  /** Id of the node's process. */
  public long pid() {
    return running().pid();
  }

  /** Its data folder. */
  public Path data() {
    return data;
  }

  /** Base URL of its HTTP API. */
  public String url() {
    return "http://127.0.0.1:" + httpPort;
  }

  /** Bootstrap server of its broker. */
  public String kafka() {
    return "127.0.0.1:" + kafkaPort;
  }

  public int httpPort() {
    return httpPort;
  }

  public int kafkaPort() {
    return kafkaPort;
  }

  /** The bearer token of its HTTP API. */
  public String token() throws IOException {
    return Files.readString(data.resolve("token")).strip();
  }

  private Path log() {
    return data.resolve("logs").resolve("node.log");
  }

  /** The last lines of all its logs, for a test that fails. */
  public String logs() {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(log().getParent())) {
      for (Path file : files.sorted().toList()) {
        List<String> lines = Files.readAllLines(file);
        all.append("--- ").append(file).append('\n');
        lines
            .subList(Math.max(0, lines.size() - 60), lines.size())
            .forEach(line -> all.append(line).append('\n'));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.toString();
  }

  @Override
  public void close() {
    if (process.isEmpty()) {
      return;
    }
    Process running = process.get();
    try {
      if (running.isAlive()) {
        stopDocumented();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      running.descendants().forEach(ProcessHandle::destroyForcibly);
      running.destroyForcibly();
    }
  }
}
