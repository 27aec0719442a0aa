package dev.firebuild.dockerfile.instruction;

import dev.firebuild.dockerfile.text.Heredoc;
import java.util.List;

/** What RUN, CMD and ENTRYPOINT run. */
public sealed interface CommandLine {
  /**
   * The shell form.
   *
   * @param line for the shell in effect; may be empty
   * @param heredocs documents that belong to the line; only RUN has any
   */
  record Shell(String line, List<Heredoc> heredocs) implements CommandLine {
    public Shell {
      heredocs = List.copyOf(heredocs);
    }
  }

  /** The exec form: a program and its arguments, a JSON array in the Dockerfile. */
  record Exec(List<String> arguments) implements CommandLine {
    public Exec {
      arguments = List.copyOf(arguments);
    }
  }
}
