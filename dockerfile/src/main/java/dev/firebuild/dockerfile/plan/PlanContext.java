package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.check.CheckReport;
import dev.firebuild.dockerfile.text.InstructionText;
import dev.firebuild.dockerfile.word.Budget;
import dev.firebuild.dockerfile.word.WordException;
import dev.firebuild.dockerfile.word.WordExpander;
import dev.firebuild.dockerfile.word.WordStyle;

/** What all stages of a plan share. */
record PlanContext(
    PlanOptions options, GlobalArguments globals, char escape, Budget budget, CheckReport report) {
  /** What a copy of a variable costs, in the units of {@link Budget}. */
  private static final long VARIABLE_COST = 32;

  /**
   * Accounts for a copy of the variables in effect: a file may set many, and many steps may need
   * their own list.
   */
  void spendOnVariables(StageState state, InstructionText text) throws DockerfileException {
    try {
      budget.spend(VARIABLE_COST * state.environmentSize());
    } catch (WordException e) {
      throw text.error(Phase.PLAN, e.getMessage());
    }
  }

  /** Expands the arguments of instructions. */
  WordExpander arguments() {
    return new WordExpander(WordStyle.arguments(escape), budget);
  }

  /** Expands the content of heredocs. */
  WordExpander documents() {
    return new WordExpander(WordStyle.document(), budget);
  }

  /** Expands what people are shown of RUN. */
  WordExpander display() {
    return new WordExpander(WordStyle.display(escape), budget);
  }
}
