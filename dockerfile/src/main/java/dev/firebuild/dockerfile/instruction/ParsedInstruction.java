package dev.firebuild.dockerfile.instruction;

import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.text.InstructionText;

/** An instruction with the text that it was read from. */
public record ParsedInstruction(InstructionText text, Instruction instruction) {
  public Location location() {
    return text.location();
  }
}
