package dev.firebuild.systemtest.queue;

import static org.awaitility.Awaitility.await;

import dev.firebuild.cli.Main;
import dev.firebuild.systemtest.fake.FakeWorkerMain;
import dev.firebuild.systemtest.harness.FreePorts;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/** Coordinators as {@code firebuild coordinator} runs them, and workers with fake engines. */
final class KillableFleet implements AutoCloseable {
  private final Path folder;
  private final Installation all;
  private final Map<String, Process> processes = new TreeMap<>();

  /**
   * @param folder for logs and what coordinators keep
   */
  KillableFleet(Path folder, Installation all) throws IOException {
    this.folder = folder;
    this.all = all;
    Properties properties = new Properties();
    properties.putAll(all.settings.client());
    try (Writer out = Files.newBufferedWriter(folder.resolve("kafka.properties"))) {
      properties.store(out, null);
    }
    Files.writeString(folder.resolve("token"), "the-token-of-this-test");
  }

  /** Starts {@code id}: a coordinator if it begins with c, else a worker. Does not wait for it. */
  void start(String id) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(id.startsWith("c") ? coordinator(id) : worker(id));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(Redirect.appendTo(log(id).toFile()))
            .redirectErrorStream(true)
            .start();
    Optional.ofNullable(processes.put(id, process)).ifPresent(Process::destroyForcibly);
  }

  private List<String> coordinator(String id) {
    return List.of(
        Main.class.getName(),
        "coordinator",
        "--id",
        id,
        "--data",
        folder.resolve(id).toString(),
        "--http",
        String.valueOf(FreePorts.one()),
        "--kafka-properties",
        folder.resolve("kafka.properties").toString(),
        "--topic-prefix",
        all.settings.topics().prefix(),
        "--token-file",
        folder.resolve("token").toString());
  }

  private List<String> worker(String id) {
    List<String> command = new ArrayList<>();
    command.add("-D%s=%s".formatted(FakeWorkerMain.TOPICS, all.settings.topics().prefix()));
    command.addAll(List.of(FakeWorkerMain.class.getName(), id, Long.toString(all.nextLife())));
    all.settings.client().forEach((name, value) -> command.addAll(List.of(name, value)));
    return command;
  }

  /** Waits until {@code id}, which was never killed, is ready. */
  void awaitReady(String id) {
    await(id)
        .atMost(Installation.PATIENCE)
        .until(() -> {
          String said = Files.readString(log(id));
          if (!isAlive(id)) {
            throw new AssertionError(id + " ended\n" + said);
          }
          return said.contains("OPEN") || said.contains(" is up: ");
        });
  }

  /** Ends {@code id} at once, if it runs. */
  void kill(String id) throws InterruptedException {
    Process process = process(id);
    process.destroyForcibly();
    process.waitFor();
  }

  boolean isAlive(String id) {
    return process(id).isAlive();
  }

  private Process process(String id) {
    return Objects.requireNonNull(processes.get(id), id);
  }

  private Path log(String id) {
    return folder.resolve(id + ".log");
  }

  @Override
  public void close() {
    processes.values().forEach(Process::destroyForcibly);
    processes.values().forEach(process -> process.onExit().join());
  }
}
