package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.text.InstructionText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Plans the instructions of one stage, each with what those before it left in effect. */
final class StagePlanner {
  private final PlanContext context;
  private final StageGraph graph;
  private final StageNode node;
  private final StageState state;
  private final StepNamer names;
  private final StageChecks checks;

  StagePlanner(PlanContext context, StageGraph graph, StageNode node, StageState state) {
    this.context = context;
    this.graph = graph;
    this.node = node;
    this.state = state;
    this.names = new StepNamer(context, graph, node);
    this.checks = new StageChecks(context.report());
  }

  /** Plans all instructions; afterwards the state is that of the end of the stage. */
  List<PlannedStep> plan() throws DockerfileException {
    List<PlannedStep> steps = new ArrayList<>();
    for (StageNode.Entry entry : node.entries()) {
      state.takeMissed();
      try {
        steps.add(plan(entry));
      } catch (DockerfileException e) {
        // what looks wrong may be right with the variables of an image that nobody knows yet
        if (!state.dependsOnBase(state.takeMissed())) {
          throw e;
        }
      }
    }
    return steps;
  }

  private PlannedStep plan(StageNode.Entry entry) throws DockerfileException {
    InstructionText text = entry.parsed().text();
    checks.before(entry.parsed(), state);
    Step step = step(entry);
    checkUndefined(entry.parsed().instruction(), text);
    if (step.changesFiles() && !(step instanceof Step.Workdir)) {
      state.filesAdded();
    }
    return new PlannedStep(
        text.location(), names.name(entry, step, state), entry.parsed().instruction(), step);
  }

  private Step step(StageNode.Entry entry) throws DockerfileException {
    InstructionText text = entry.parsed().text();
    Expansion expansion = new Expansion(context, text, state);
    Instruction instruction = entry.parsed().instruction();
    return switch (instruction) {
      case Instruction.Run run ->
          new RunPlanner(graph, node, text, state, expansion).plan(run, entry.sources());
      case Instruction.Copy copy -> {
        FilesFrom from = entry.sources().getFirst();
        requireEarlier(from, text);
        yield new FilePlanner(text, state, expansion).copy(copy, from);
      }
      case Instruction.Add add -> new FilePlanner(text, state, expansion).add(add);
      case Instruction.Workdir workdir -> workdir(workdir, expansion, text);
      default -> {
        new ConfigPlanner(context, text, state, expansion, checks).apply(instruction);
        yield new Step.Metadata(instruction.keyword());
      }
    };
  }

  private Step workdir(Instruction.Workdir workdir, Expansion expansion, InstructionText text)
      throws DockerfileException {
    String path = expansion.expand(workdir.path());
    if (state.takeFirstDirectory()) {
      checks.firstDirectory(path, text);
    }
    state.changeDirectory(path);
    return new Step.Workdir(state.directory(), state.config().user);
  }

  private void requireEarlier(FilesFrom from, InstructionText text) throws DockerfileException {
    if (from instanceof FilesFrom.Stage(int index) && index >= node.index()) {
      throw text.error(
          Phase.PLAN,
          "cannot copy from stage \"%s\", it needs to be defined before current stage \"%s\""
              .formatted(graph.nameOf(index), graph.nameOf(node.index())),
          "--from");
    }
  }

  private void checkUndefined(Instruction instruction, InstructionText text) {
    Set<String> undefined = new TreeSet<>(state.takeMissed());
    undefined.removeIf(state::isDeclared);
    if (!state.dependsOnBase(undefined) && !(instruction instanceof Instruction.Expose)) {
      checks.undefined(undefined, text);
    }
  }
}
