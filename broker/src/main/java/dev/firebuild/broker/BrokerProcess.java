package dev.firebuild.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The broker as a child process. It ends when this process ends, however that happens. */
public final class BrokerProcess implements AutoCloseable {
  private static final String LOG_CONFIGURATION = "dev/firebuild/broker/logback-broker.xml";
  private static final List<String> SMALL =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xms64m",
          "-Xmn24m",
          "-Xmx256m",
          "-XX:MinHeapFreeRatio=10",
          "-XX:MaxHeapFreeRatio=30",
          "-XX:-ShrinkHeapInSteps",
          "-Xss512k",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dlogback.configurationFile=" + LOG_CONFIGURATION);

  private final Process process;
  private final BrokerAccess access;

  private BrokerProcess(Process process, BrokerAccess access) {
    this.process = process;
    this.access = access;
  }

  /**
   * What is started.
   *
   * @param dataDir the broker's log
   * @param port on 127.0.0.1; 0: a free one
   * @param password see {@link BrokerAccess}
   * @param logFile what the process says of itself; appended to
   * @param java the {@code java} program
   * @param classPath with this module and what it needs
   * @param jvmArguments added after the own ones, an AOT cache for example
   * @param timeout until it must be ready; after a crash it first reads its whole log
   */
  public record Options(
      Path dataDir,
      int port,
      String password,
      Path logFile,
      Path java,
      String classPath,
      List<String> jvmArguments,
      Duration timeout) {

    /** With the JVM and the class path of this process. */
    public static Options like(
        Path dataDir, int port, String password, Path logFile, Duration timeout) {
      return new Options(
          dataDir,
          port,
          password,
          logFile,
          Path.of(System.getProperty("java.home"), "bin", "java"),
          System.getProperty("java.class.path"),
          List.of(),
          timeout);
    }
  }

  /**
   * Starts the process and waits until clients can connect.
   *
   * @throws BrokerException saying why it did not start
   */
  public static BrokerProcess start(Options options) throws InterruptedException {
    Process process = spawn(options);
    CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> firstLine(process));
    String said;
    try {
      said = line.get(options.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
      throw new BrokerException(
          "the broker was not ready after %d s; its log: %s"
              .formatted(options.timeout().toSeconds(), options.logFile()),
          e);
    } catch (ExecutionException e) {
      process.destroyForcibly();
      throw new BrokerException("the broker's output cannot be read: " + e.getCause(), e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw e;
    }
    if (!said.startsWith(BrokerMain.READY)) {
      process.destroyForcibly();
      String reason =
          said.startsWith(BrokerMain.FAILED)
              ? said.substring(BrokerMain.FAILED.length())
              : "the broker ended before it was ready";
      throw new BrokerException(reason + " (its log: " + options.logFile() + ")");
    }
    String bootstrap = said.substring(BrokerMain.READY.length());
    int port = Integer.parseInt(bootstrap.substring(bootstrap.lastIndexOf(':') + 1));
    return new BrokerProcess(process, BrokerAccess.onLoopback(port, options.password()));
  }

  private static Process spawn(Options options) {
    List<String> command = new ArrayList<>();
    command.add(options.java().toString());
    command.addAll(SMALL);
    command.addAll(options.jvmArguments());
    command.addAll(List.of("-cp", options.classPath(), BrokerMain.class.getName()));
    command.add(options.dataDir().toAbsolutePath().toString());
    command.add(String.valueOf(options.port()));
    try {
      Path folder = options.logFile().toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.appendTo(options.logFile().toFile()));
      builder.environment().put(BrokerMain.PASSWORD, options.password());
      return builder.start();
    } catch (IOException e) {
      throw new BrokerException("cannot start the broker: " + e.getMessage(), e);
    }
  }

  private static String firstLine(Process process) {
    // Not closed: that would close the pipe, and what Kafka still prints would fail.
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith(BrokerMain.READY) || line.startsWith(BrokerMain.FAILED)) {
          return line;
        }
      }
      return "";
    } catch (IOException e) {
      return "";
    }
  }

  /** Where clients find the broker and how they are let in. */
  public BrokerAccess access() {
    return access;
  }

  /** Id of the process. */
  public long pid() {
    return process.pid();
  }

  /** Completes when the process has ended, for whatever reason. */
  public CompletableFuture<Void> onExit() {
    return process.onExit().thenRun(() -> {});
  }

  /** Ends the process at once, as a power cut would. */
  public void kill() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(10));
  }

  /** Stops the broker in an orderly way; close clients first. */
  @Override
  public void close() {
    try {
      process.outputWriter(StandardCharsets.UTF_8).close();
    } catch (IOException e) {
      process.destroy();
    }
    if (!awaitExit(Duration.ofSeconds(20))) {
      kill();
    }
  }

  private boolean awaitExit(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      return true;
    }
  }
}
