package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.instruction.Argument;
import dev.firebuild.dockerfile.instruction.CommandLine;
import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.instruction.NameValue;
import dev.firebuild.dockerfile.text.InstructionText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans the instructions of one stage, each with what those before it left in effect. */
final class StagePlanner {
  private final PlanContext context;
  private final StageGraph graph;
  private final StageNode node;
  private final StageState state;
  private final StepNamer names;
  private final List<PlannedStep> steps = new ArrayList<>();

  StagePlanner(PlanContext context, StageGraph graph, StageNode node, StageState state) {
    this.context = context;
    this.graph = graph;
    this.node = node;
    this.state = state;
    this.names = new StepNamer(context, graph, node);
  }

  /** Plans all instructions; afterwards the state is that of the end of the stage. */
  List<PlannedStep> plan() throws DockerfileException {
    for (StageNode.Entry entry : node.entries()) {
      state.takeMissed();
      try {
        Step step = step(entry);
        if (step.changesFiles() && !(step instanceof Step.Workdir)) {
          state.filesAdded();
        }
        steps.add(
            new PlannedStep(
                entry.parsed().location(),
                names.name(entry, step, state),
                entry.parsed().instruction(),
                step));
      } catch (DockerfileException e) {
        // what looks wrong may be right with the variables of an image that nobody knows yet
        if (!state.takeMissed()) {
          throw e;
        }
      }
    }
    return steps;
  }

  private Step step(StageNode.Entry entry) throws DockerfileException {
    InstructionText text = entry.parsed().text();
    Expansion expansion = new Expansion(context, text, state);
    Instruction instruction = entry.parsed().instruction();
    switch (instruction) {
      case Instruction.Run run -> {
        return new RunPlanner(graph, node, text, state, expansion).plan(run, entry.sources());
      }
      case Instruction.Copy copy -> {
        FilesFrom from = entry.sources().getFirst();
        requireEarlier(from, text);
        return new FilePlanner(text, state, expansion).copy(copy, from);
      }
      case Instruction.Add add -> {
        return new FilePlanner(text, state, expansion).add(add);
      }
      case Instruction.Workdir workdir -> {
        state.changeDirectory(expansion.expand(workdir.path()));
        return new Step.Workdir(state.directory(), state.config().user);
      }
      case Instruction.Arg arg -> arg(arg, expansion);
      case Instruction.Env env -> env(env, expansion);
      case Instruction.Label label -> label(label, expansion);
      case Instruction.Maintainer maintainer -> state.config().author = maintainer.author();
      case Instruction.Cmd cmd -> state.setCmd(arguments(cmd.command()));
      case Instruction.Entrypoint entrypoint ->
          state.setEntrypoint(arguments(entrypoint.command()));
      case Instruction.User user -> state.config().user = expansion.expand(user.user());
      case Instruction.Expose expose -> expose(expose, expansion, text);
      case Instruction.Volume volume -> volume(volume, expansion, text);
      case Instruction.StopSignal signal -> stopSignal(signal, expansion, text);
      case Instruction.Healthcheck healthcheck ->
          state.config().healthcheck = Optional.of(healthcheck.check());
      case Instruction.Shell shell -> state.config().shell = shell.arguments();
      case Instruction.OnBuild onBuild -> state.config().onBuild.add(onBuild.trigger());
      case Instruction.From _ ->
          throw new IllegalStateException("a FROM inside the stage of " + node.stage());
    }
    return new Step.Metadata(instruction.keyword());
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

  /** The value comes from the command line, else from the default, else from the global ARG. */
  private void arg(Instruction.Arg arg, Expansion expansion) throws DockerfileException {
    for (Argument argument : arg.arguments()) {
      String name = argument.name();
      Optional<String> given = Optional.ofNullable(context.options().buildArgs().get(name));
      state.takeMissed();
      Optional<String> value =
          given.isPresent()
              ? given
              : argument.defaultValue().isPresent()
                  ? Optional.of(expansion.expand(argument.defaultValue().get()))
                  : context.globals().get(name);
      if (state.takeMissed()) {
        state.forgetVariable(name);
      } else {
        value.ifPresent(text -> state.setVariable(name, text));
      }
    }
  }

  /** All values are expanded before any is set. */
  private void env(Instruction.Env env, Expansion expansion) throws DockerfileException {
    List<NameValue> expanded = new ArrayList<>();
    for (NameValue pair : env.pairs()) {
      expanded.add(
          new NameValue(
              expansion.expand(pair.name()), expansion.expand(pair.value()), pair.oldForm()));
    }
    boolean unknown = state.takeMissed();
    for (NameValue pair : expanded) {
      state.config().setEnv(pair.name(), pair.value());
      if (unknown) {
        state.forgetVariable(pair.name());
      } else {
        state.setVariable(pair.name(), pair.value());
      }
    }
  }

  private void label(Instruction.Label label, Expansion expansion) throws DockerfileException {
    Map<String, String> expanded = new LinkedHashMap<>();
    for (NameValue pair : label.pairs()) {
      expanded.put(expansion.expand(pair.name()), expansion.expand(pair.value()));
    }
    state.config().labels.putAll(expanded);
  }

  private List<String> arguments(CommandLine command) {
    return switch (command) {
      case CommandLine.Exec exec -> exec.arguments();
      case CommandLine.Shell shell -> state.shellCommand(shell.line());
    };
  }

  private void expose(Instruction.Expose expose, Expansion expansion, InstructionText text)
      throws DockerfileException {
    for (String word : expose.ports()) {
      for (String port : expansion.split(word)) {
        try {
          state.config().exposedPorts.addAll(PortSpecs.parse(port));
        } catch (IllegalArgumentException e) {
          throw text.error(Phase.PLAN, String.valueOf(e.getMessage()), word);
        }
      }
    }
  }

  private void volume(Instruction.Volume volume, Expansion expansion, InstructionText text)
      throws DockerfileException {
    for (String word : volume.paths()) {
      String path = expansion.expand(word);
      if (path.isEmpty()) {
        throw text.error(Phase.PLAN, "VOLUME specified can not be an empty string", word);
      }
      state.config().volumes.add(path);
    }
  }

  private void stopSignal(Instruction.StopSignal signal, Expansion expansion, InstructionText text)
      throws DockerfileException {
    String name = expansion.expand(signal.signal());
    if (!Signals.isSignal(name)) {
      throw text.error(Phase.PLAN, "invalid signal: " + name, signal.signal());
    }
    state.config().stopSignal = name;
  }
}
