package dev.firebuild.dockerfile.stage;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.instruction.ParsedInstruction;
import dev.firebuild.dockerfile.text.Directives;
import java.util.List;

/**
 * A parsed Dockerfile.
 *
 * @param globalArguments the ARG instructions above the first FROM
 * @param stages at least one
 */
public record Dockerfile(
    Directives directives, List<ParsedInstruction> globalArguments, List<Stage> stages) {
  public Dockerfile {
    globalArguments = List.copyOf(globalArguments);
    stages = List.copyOf(stages);
  }

  /**
   * Reads a Dockerfile.
   *
   * @param text UTF-8
   * @throws DockerfileException in the phase PARSE, for whatever is wrong with the text alone
   */
  public static Dockerfile parse(byte[] text) throws DockerfileException {
    return java.util.Optional.<Dockerfile>empty().orElseThrow();
  }
}
