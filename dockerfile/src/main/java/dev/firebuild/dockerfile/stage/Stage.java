package dev.firebuild.dockerfile.stage;

import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.instruction.ParsedInstruction;
import java.util.List;

/**
 * A FROM with all instructions up to the next one.
 *
 * @param index from 0
 * @param head the FROM with its text
 * @param instructions behind it
 */
public record Stage(
    int index,
    ParsedInstruction head,
    Instruction.From from,
    List<ParsedInstruction> instructions) {
  public Stage {
    instructions = List.copyOf(instructions);
  }

  public Location location() {
    return head.location();
  }

  /** Its name, or {@code stage-N}. */
  public String displayName() {
    return from.name().orElse("stage-" + index);
  }
}
