package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.check.CheckReport;
import dev.firebuild.dockerfile.word.Budget;
import dev.firebuild.dockerfile.word.WordExpander;
import dev.firebuild.dockerfile.word.WordStyle;

/** What all stages of a plan share. */
record PlanContext(
    PlanOptions options, GlobalArguments globals, char escape, Budget budget, CheckReport report) {
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
