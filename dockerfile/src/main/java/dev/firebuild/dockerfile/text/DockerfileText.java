package dev.firebuild.dockerfile.text;

import dev.firebuild.dockerfile.DockerfileException;
import java.util.List;

/**
 * A Dockerfile as a list of instructions whose arguments nobody has looked at yet.
 *
 * @param instructions at least one
 */
public record DockerfileText(Directives directives, List<InstructionText> instructions) {
  public DockerfileText {
    instructions = List.copyOf(instructions);
  }

  /**
   * Divides a file into instructions.
   *
   * @param bytes UTF-8, with or without a byte order mark
   * @throws DockerfileException if there is no instruction, a directive is wrong, a heredoc does
   *     not end, or the file is larger than anybody's
   */
  public static DockerfileText read(byte[] bytes) throws DockerfileException {
    return new InstructionReader(bytes).read();
  }
}
