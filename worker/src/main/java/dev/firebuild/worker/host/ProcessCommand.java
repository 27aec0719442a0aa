package dev.firebuild.worker.host;

import java.time.Duration;
import java.util.List;

/**
 * An external program and how it is run.
 *
 * @param argv argument vector, never a shell string
 * @param stdin what the program reads
 * @param timeout the program is killed with its children after it
 */
public record ProcessCommand(List<String> argv, String stdin, Duration timeout) {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  public ProcessCommand {
    argv = List.copyOf(argv);
  }

  /** {@code argv} without input, with a minute's time. */
  public static ProcessCommand of(String... argv) {
    return of(List.of(argv));
  }

  /** {@code argv} without input, with a minute's time. */
  public static ProcessCommand of(List<String> argv) {
    return new ProcessCommand(argv, "", TIMEOUT);
  }

  /** The same with {@code stdin}. */
  public ProcessCommand withStdin(String stdin) {
    return new ProcessCommand(argv, stdin, timeout);
  }

  /** The same with {@code timeout}. */
  public ProcessCommand withTimeout(Duration timeout) {
    return new ProcessCommand(argv, stdin, timeout);
  }
}
