package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Programs that a person watches: they share the terminal, so that sudo can ask there and Ctrl-C
 * reaches them. Argument vectors only.
 */
final class Programs {
  private final Map<String, String> environment;

  /** Programs get {@code environment} on top of this process's own. */
  Programs(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** Runs {@code argv} on the terminal; throws {@link CliException} if it fails. */
  void show(List<String> argv) throws IOException, InterruptedException {
    int code = start(argv, Redirect.INHERIT, Redirect.INHERIT).waitFor();
    require(argv, code);
  }

  /** Runs {@code argv} and returns what it prints; its messages go to the terminal. */
  String capture(List<String> argv) throws IOException, InterruptedException {
    Process process = start(argv, Redirect.PIPE, Redirect.INHERIT);
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      require(argv, process.waitFor());
      return text;
    }
  }

  /**
   * Runs {@code argv} with all that it prints in {@code log}; {@code progress} gets each line as it
   * comes.
   */
  void logged(List<String> argv, Path log, Consumer<String> progress)
      throws IOException, InterruptedException {
    Process process = start(builder(argv).redirectErrorStream(true).redirectOutput(Redirect.PIPE));
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        BufferedWriter file =
            Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        file.write(line);
        file.newLine();
        progress.accept(line);
      }
    }
    int code = process.waitFor();
    if (code != 0) {
      throw new CliException("%s ended with %d; its log: %s".formatted(name(argv), code, log));
    }
  }

  /** Whether {@code argv} succeeds; what it prints is dropped. */
  boolean succeeds(List<String> argv) throws InterruptedException {
    try {
      return start(argv, Redirect.DISCARD, Redirect.DISCARD).waitFor() == 0;
    } catch (IOException _) {
      return false;
    }
  }

  private Process start(List<String> argv, Redirect output, Redirect error) throws IOException {
    return start(builder(argv).redirectOutput(output).redirectError(error));
  }

  private static ProcessBuilder builder(List<String> argv) {
    return new ProcessBuilder(argv).redirectInput(Redirect.INHERIT);
  }

  private Process start(ProcessBuilder builder) throws IOException {
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static void require(List<String> argv, int code) {
    if (code != 0) {
      throw new CliException("%s ended with %d, see above".formatted(name(argv), code));
    }
  }

  private static String name(List<String> argv) {
    Path file = Path.of(argv.getFirst()).getFileName();
    String program = file == null ? argv.getFirst() : file.toString();
    return argv.size() > 1 ? program + " " + argv.get(1) : program;
  }
}
