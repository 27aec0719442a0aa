package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.instruction.CommandLine;
import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.text.Heredoc;
import dev.firebuild.dockerfile.text.HeredocWord;
import dev.firebuild.dockerfile.word.Spaces;
import dev.firebuild.dockerfile.word.Variables;
import dev.firebuild.dockerfile.word.WordException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Names the steps of a stage as BuildKit does: {@code [build 2/5] RUN make}. The numbers count the
 * base image and what touches files.
 */
final class StepNamer {
  private final PlanContext context;
  private final Optional<String> stage;
  private final int total;
  private int last;

  StepNamer(PlanContext context, StageGraph graph, StageNode node) {
    this.context = context;
    this.stage = graph.shownName(node);
    boolean image = node.base() instanceof StageBase.Image;
    this.last = image ? 1 : 0;
    this.total =
        last
            + (int)
                node.entries().stream()
                    .filter(entry -> entry.trigger() || isCounted(entry.parsed().instruction()))
                    .count();
  }

  private static boolean isCounted(Instruction instruction) {
    return instruction instanceof Instruction.Run
        || instruction instanceof Instruction.Copy
        || instruction instanceof Instruction.Add
        || instruction instanceof Instruction.Workdir;
  }

  /**
   * The name of the next step.
   *
   * @param state after the step
   */
  String name(StageNode.Entry entry, Step step, StageState state) {
    String text = (entry.trigger() ? "ONBUILD " : "") + upperCaseKeyword(text(entry, step, state));
    if (!step.changesFiles()) {
      return text;
    }
    last++;
    int width = String.valueOf(total).length();
    String number = " ".repeat(Math.max(0, width - String.valueOf(last).length())) + last;
    String prefix = stage.map(name -> name + " ").orElse("");
    return "[%s%s/%d] %s".formatted(prefix, number, total, text);
  }

  private String text(StageNode.Entry entry, Step step, StageState state) {
    String line = Spaces.trim(entry.parsed().text().line());
    try {
      return switch (step) {
        case Step.Run run ->
            context
                .display()
                .expand(line + summary(entry.parsed().instruction()), withoutSecrets(run, state));
        case Step.Copy _, Step.Add _, Step.Workdir _ -> context.arguments().expand(line, state);
        case Step.Metadata _ -> line;
      };
    } catch (WordException e) {
      return line;
    }
  }

  private static String upperCaseKeyword(String text) {
    int blank = text.indexOf(' ');
    int end = blank < 0 ? text.length() : blank;
    return text.substring(0, end).toUpperCase(Locale.ROOT) + text.substring(end);
  }

  /** The first line of a script, behind the RUN that is nothing but a heredoc. */
  private static String summary(Instruction instruction) {
    if (instruction
            instanceof Instruction.Run(CommandLine.Shell(String line, var heredocs), _, _, _, _)
        && !heredocs.isEmpty()
        && HeredocWord.parse(line).isPresent()) {
      return " (" + firstLine(heredocs) + ")";
    }
    return "";
  }

  private static String firstLine(List<Heredoc> heredocs) {
    List<String> lines = Spaces.trim(heredocs.getFirst().content()).lines().toList();
    return lines.isEmpty() ? "" : lines.getFirst() + (lines.size() > 1 ? "..." : "");
  }

  private static Variables withoutSecrets(Step.Run run, StageState state) {
    Set<String> secrets = new HashSet<>();
    for (Mount mount : run.mounts()) {
      if (mount instanceof Mount.Secret secret) {
        secret.variable().ifPresent(secrets::add);
      }
    }
    return name -> secrets.contains(name) ? Optional.of("****") : state.get(name);
  }
}
