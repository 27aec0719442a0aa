package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.instruction.MountFields;
import dev.firebuild.dockerfile.instruction.ParsedInstruction;
import dev.firebuild.dockerfile.word.Budget;
import dev.firebuild.dockerfile.word.Variables;
import dev.firebuild.dockerfile.word.WordException;
import dev.firebuild.dockerfile.word.WordExpander;
import dev.firebuild.dockerfile.word.WordStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Resolves the {@code from} of COPY and of mounts. */
final class SourceNames {
  private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]+");

  private final StageNames names;
  private final WordExpander expander;

  SourceNames(StageNames names, char escape) {
    this.names = names;
    this.expander = new WordExpander(WordStyle.arguments(escape), Budget.standard());
  }

  /** Where the instruction takes files from: one place for COPY, one for each mount of RUN. */
  List<FilesFrom> of(ParsedInstruction parsed) throws DockerfileException {
    return switch (parsed.instruction()) {
      case Instruction.Copy copy ->
          List.of(
              copy.from().isPresent() ? named(parsed, copy.from().get()) : new FilesFrom.Context());
      case Instruction.Run run -> mounts(run);
      default -> List.of();
    };
  }

  private FilesFrom named(ParsedInstruction parsed, String name) throws DockerfileException {
    if (!expandsToItself(name)) {
      throw error(
          parsed,
          "variable expansion is not supported for --from, define a new stage with FROM using ARG"
              + " from global scope as a workaround");
    }
    if (!NUMBER.matcher(name).matches()) {
      return stageOrImage(name);
    }
    Optional<Integer> index = index(name);
    return new FilesFrom.Stage(
        index.orElseThrow(() ->
            error(
                parsed,
                "invalid stage index %s: this Dockerfile has stages 0 to %d"
                    .formatted(name, names.nodes().size() - 1))));
  }

  private boolean expandsToItself(String name) {
    try {
      return expander.expand(name, Variables.NONE).equals(name);
    } catch (WordException e) {
      return false;
    }
  }

  private Optional<Integer> index(String number) {
    try {
      int index = Integer.parseInt(number);
      return index >= 0 && index < names.nodes().size() ? Optional.of(index) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private List<FilesFrom> mounts(Instruction.Run run) {
    List<FilesFrom> sources = new ArrayList<>();
    for (String mount : run.mounts()) {
      sources.add(MountFields.from(mount).map(this::stageOrImage).orElse(new FilesFrom.Context()));
    }
    return sources;
  }

  private FilesFrom stageOrImage(String name) {
    Optional<StageNode> stage = names.find(name);
    if (stage.isPresent()) {
      return new FilesFrom.Stage(stage.get().index());
    }
    return name.equals(StageNames.SCRATCH) ? new FilesFrom.Scratch() : new FilesFrom.Image(name);
  }

  private static DockerfileException error(ParsedInstruction parsed, String message) {
    return parsed.text().error(Phase.PLAN, message, "--from");
  }
}
