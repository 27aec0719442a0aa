package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.text.InstructionText;
import dev.firebuild.dockerfile.word.Variables;
import dev.firebuild.dockerfile.word.WordException;
import java.util.List;
import java.util.Optional;

/** Expands the words of one instruction with the variables in effect. */
record Expansion(PlanContext context, InstructionText text, Variables variables) {
  String expand(String word) throws DockerfileException {
    try {
      return context.arguments().expand(word, variables);
    } catch (WordException e) {
      throw error(e, word);
    }
  }

  /** Nothing if the word is absent or becomes empty. */
  Optional<String> expand(Optional<String> word) throws DockerfileException {
    return word.isPresent()
        ? Optional.of(expand(word.get())).filter(result -> !result.isEmpty())
        : Optional.empty();
  }

  /** The words that a word becomes. */
  List<String> split(String word) throws DockerfileException {
    try {
      return context.arguments().split(word, variables);
    } catch (WordException e) {
      throw error(e, word);
    }
  }

  String expandDocument(String content) throws DockerfileException {
    try {
      return context.documents().expand(content, variables);
    } catch (WordException e) {
      throw text.error(Phase.PLAN, e.getMessage());
    }
  }

  private DockerfileException error(WordException e, String word) {
    return text.error(Phase.PLAN, e.getMessage(), word);
  }
}
