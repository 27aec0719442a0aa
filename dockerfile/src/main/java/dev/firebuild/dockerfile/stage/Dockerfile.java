package dev.firebuild.dockerfile.stage;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.instruction.InstructionParser;
import dev.firebuild.dockerfile.instruction.ParsedInstruction;
import dev.firebuild.dockerfile.text.Directives;
import dev.firebuild.dockerfile.text.DockerfileText;
import dev.firebuild.dockerfile.text.InstructionText;
import java.util.ArrayList;
import java.util.List;

/**
 * A parsed Dockerfile.
 *
 * @param globalArguments the ARG instructions above the first FROM
 * @param stages at least one
 * @see <a href="https://docs.docker.com/reference/dockerfile/">Dockerfile reference</a>
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
    DockerfileText lines = DockerfileText.read(text);
    List<ParsedInstruction> globalArguments = new ArrayList<>();
    List<Stage> stages = new ArrayList<>();
    List<ParsedInstruction> current = new ArrayList<>();
    for (InstructionText line : lines.instructions()) {
      ParsedInstruction parsed = InstructionParser.parse(line, lines.directives().escape());
      if (parsed.instruction() instanceof Instruction.From from) {
        closeStage(stages, current);
        stages.add(new Stage(stages.size(), parsed, from, List.of()));
      } else if (!stages.isEmpty()) {
        current.add(parsed);
      } else if (parsed.instruction() instanceof Instruction.Arg) {
        globalArguments.add(parsed);
      } else {
        throw line.error(
            Phase.PARSE,
            "no build stage in current context: only ARG can stand before the first FROM");
      }
    }
    closeStage(stages, current);
    if (stages.isEmpty()) {
      throw DockerfileException.nowhere(Phase.PARSE, "dockerfile contains no stages to build");
    }
    return new Dockerfile(lines.directives(), globalArguments, stages);
  }

  private static void closeStage(List<Stage> stages, List<ParsedInstruction> instructions) {
    if (!stages.isEmpty()) {
      Stage open = stages.removeLast();
      stages.add(new Stage(open.index(), open.head(), open.from(), instructions));
      instructions.clear();
    }
  }
}
