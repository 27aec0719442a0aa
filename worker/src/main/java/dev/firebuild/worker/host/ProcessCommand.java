package dev.firebuild.worker.host;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * An external program and how it is run.
 *
 * @param argv argument vector, never a shell string
 * @param env added to this process's environment
 * @param stdin what the program reads
 * @param timeout the program is killed with its children after it
 */
public record ProcessCommand(
    List<String> argv, Map<String, String> env, String stdin, Duration timeout) {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  public ProcessCommand {
    argv = List.copyOf(argv);
    env = Map.copyOf(env);
  }

  /** {@code argv} without input, with a minute's time. */
  public static ProcessCommand of(String... argv) {
    return of(List.of(argv));
  }

  /** {@code argv} without input, with a minute's time. */
  public static ProcessCommand of(List<String> argv) {
    return new ProcessCommand(argv, Map.of(), "", TIMEOUT);
  }

  /** The same with {@code env}. */
  public ProcessCommand withEnv(Map<String, String> env) {
    return new ProcessCommand(argv, env, stdin, timeout);
  }

  /** The same with {@code stdin}. */
  public ProcessCommand withStdin(String stdin) {
    return new ProcessCommand(argv, env, stdin, timeout);
  }

  /** The same with {@code timeout}. */
  public ProcessCommand withTimeout(Duration timeout) {
    return new ProcessCommand(argv, env, stdin, timeout);
  }
}
