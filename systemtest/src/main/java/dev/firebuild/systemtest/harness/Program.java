package dev.firebuild.systemtest.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A program with its arguments and the environment that it gets.
 *
 * @param argv argument vector
 * @param environment added to the tests' own, from which {@code FIREBUILD_…} is taken away
 * @param directory where it runs
 * @param stdin what it reads
 * @param timeout after which it is killed with its children
 */
public record Program(
    List<String> argv,
    Map<String, String> environment,
    Path directory,
    String stdin,
    Duration timeout) {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  public Program {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
  }

  /** {@code argv} in the root folder, without input. */
  public static Program of(List<String> argv) {
    return new Program(argv, Map.of(), Path.of("/"), "", TIMEOUT);
  }

  public static Program of(String... argv) {
    return of(List.of(argv));
  }

  public Program with(String variable, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(variable, value);
    return new Program(argv, more, directory, stdin, timeout);
  }

  public Program in(Path folder) {
    return new Program(argv, environment, folder, stdin, timeout);
  }

  public Program withInput(String text) {
    return new Program(argv, environment, directory, text, timeout);
  }

  public Program within(Duration limit) {
    return new Program(argv, environment, directory, stdin, limit);
  }

  /** More arguments at the end. */
  public Program and(String... arguments) {
    List<String> more = new ArrayList<>(argv);
    more.addAll(List.of(arguments));
    return new Program(more, environment, directory, stdin, timeout);
  }

  /** How it would be started; output goes where the caller says. */
  public ProcessBuilder builder() {
    ProcessBuilder builder = new ProcessBuilder(argv).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("FIREBUILD_"));
    builder.environment().putAll(environment);
    return builder;
  }

  /** Runs it to its end. */
  public Finished run() throws InterruptedException {
    long start = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Process process = builder().start();
      var stdout = CompletableFuture.supplyAsync(() -> read(process.getInputStream()), threads);
      var stderr = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()), threads);
      try (var input = process.getOutputStream()) {
        input.write(stdin.getBytes(StandardCharsets.UTF_8));
      } catch (IOException _) {
        // A program need not read what it is given.
      }
      boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      Duration duration = Duration.ofNanos(System.nanoTime() - start);
      Finished finished =
          new Finished(
              String.join(" ", argv), process.waitFor(), stdout.join(), stderr.join(), duration);
      if (!ended) {
        throw new AssertionError(
            "%s: killed after %d s%n--- stdout%n%s%n--- stderr%n%s"
                .formatted(
                    finished.command(), timeout.toSeconds(), finished.stdout(), finished.stderr()));
      }
      return finished;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + String.join(" ", argv), e);
    }
  }

  private static String read(InputStream stream) {
    try {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
