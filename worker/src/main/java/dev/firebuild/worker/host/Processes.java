package dev.firebuild.worker.host;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs external programs: the only class that does. */
public final class Processes {
  private static final int OUTPUT_LIMIT = 1 << 20;

  /** Debian keeps administration programs where an ordinary user's PATH does not look. */
  private static final List<String> MORE_DIRECTORIES =
      List.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin");

  private final List<Path> directories;

  private Processes(List<Path> directories) {
    this.directories = directories;
  }

  /** Looks programs up in the {@code PATH} of {@code env}, then in the system's directories. */
  public static Processes of(Map<String, String> env) {
    Stream<String> path = Stream.of(env.getOrDefault("PATH", "").split(File.pathSeparator, -1));
    return new Processes(
        Stream.concat(path, MORE_DIRECTORIES.stream())
            .filter(directory -> directory.startsWith("/"))
            .distinct()
            .map(Path::of)
            .toList());
  }

  /** Where programs are looked up, as a {@code PATH} for programs that call others. */
  public String path() {
    return directories.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  /** Where the program {@code name} lies. */
  public Optional<Path> find(String name) {
    if (name.contains("/")) {
      return Optional.of(Path.of(name)).filter(Files::isExecutable);
    }
    return directories.stream()
        .map(directory -> directory.resolve(name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /**
   * Runs {@code command} to its end.
   *
   * @throws ProcessException if there is no such program, or its time was over; it is killed with
   *     its children then
   */
  public ProcessResult run(ProcessCommand command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(resolve(command.argv()));
    builder.environment().putAll(command.env());
    Process process = start(builder, command.argv());
    Capture stdout = new Capture(process.getInputStream());
    Capture stderr = new Capture(process.getErrorStream());
    try {
      feed(process, command.stdin());
      if (!process.waitFor(command.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new ProcessException(
            command.argv(),
            "not finished after %s; killed".formatted(command.timeout()),
            stderr.soFar());
      }
      return new ProcessResult(process.exitValue(), stdout.text(), stderr.text());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessException(command.argv(), "interrupted; killed", stderr.soFar());
    } finally {
      killTree(process);
    }
  }

  /** As {@link #run}, but any exit code other than 0 is an error that has standard error's text. */
  public ProcessResult require(ProcessCommand command) throws IOException {
    ProcessResult result = run(command);
    if (result.exitCode() != 0) {
      throw new ProcessException(command.argv(), "exit code " + result.exitCode(), result.stderr());
    }
    return result;
  }

  /**
   * Starts {@code argv} in a session of its own, with nothing that ties it to this process: it
   * lives on when this process is killed. {@code argv} must not fork before it does its work, or
   * the identity is not its own.
   *
   * @param env added to this process's environment
   * @param log takes what it prints
   */
  public DetachedProcess startDetached(List<String> argv, Map<String, String> env, Path log)
      throws IOException {
    List<String> resolved = new ArrayList<>(resolve(List.of("setsid")));
    resolved.addAll(resolve(argv));
    ProcessBuilder builder =
        new ProcessBuilder(resolved)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(env);
    Process process = start(builder, argv);
    return new DetachedProcess(argv, ProcessIdentity.of(process.pid()), process, log);
  }

  /**
   * Starts {@code argv} connected to this process by pipes; the caller ends it. What it prints on
   * standard error is dropped.
   *
   * @param env added to this process's environment
   */
  public Process startConnected(List<String> argv, Map<String, String> env) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(resolve(argv)).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(env);
    return start(builder, argv);
  }

  private List<String> resolve(List<String> argv) throws ProcessException {
    List<String> resolved = new ArrayList<>(argv);
    resolved.set(
        0,
        find(argv.getFirst())
            .orElseThrow(() -> ProcessException.missing(argv, directories))
            .toString());
    return resolved;
  }

  private static Process start(ProcessBuilder builder, List<String> argv) throws ProcessException {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new ProcessException(argv, String.valueOf(e.getMessage()), "");
    }
  }

  private static void feed(Process process, String stdin) {
    Thread.ofVirtual()
        .start(() -> {
          try (OutputStream out = process.getOutputStream()) {
            out.write(stdin.getBytes(StandardCharsets.UTF_8));
          } catch (IOException e) {
            // A program that does not read its input to the end says so by its exit code.
          }
        });
  }

  private static void killTree(Process process) {
    if (process.isAlive()) {
      List<ProcessHandle> children = process.descendants().toList();
      process.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Reads a stream to its end and keeps its beginning. */
  private static final class Capture {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final Thread reader;

    Capture(InputStream in) {
      reader = Thread.ofVirtual().start(() -> drain(in));
    }

    private void drain(InputStream in) {
      byte[] buffer = new byte[8192];
      try (in) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          synchronized (kept) {
            kept.write(buffer, 0, Math.min(n, OUTPUT_LIMIT - kept.size()));
          }
        }
      } catch (IOException e) {
        // The program was killed: what has been read is what there is.
      }
    }

    String text() throws InterruptedException {
      // A grandchild may hold the pipe open for ever.
      reader.join(java.time.Duration.ofSeconds(5));
      return soFar();
    }

    String soFar() {
      synchronized (kept) {
        return kept.toString(StandardCharsets.UTF_8);
      }
    }
  }
}
