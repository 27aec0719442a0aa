package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.instruction.Argument;
import dev.firebuild.dockerfile.instruction.CommandLine;
import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.instruction.NameValue;
import dev.firebuild.dockerfile.text.InstructionText;
import dev.firebuild.dockerfile.word.WordException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Applies an instruction that touches no files: variables and the configuration of the image. */
final class ConfigPlanner {
  /** Of a range like 0-65535 one line may hold thousands. */
  private static final long PORT_COST = 32;

  private final PlanContext context;
  private final InstructionText text;
  private final StageState state;
  private final Expansion expansion;
  private final StageChecks checks;

  ConfigPlanner(
      PlanContext context,
      InstructionText text,
      StageState state,
      Expansion expansion,
      StageChecks checks) {
    this.context = context;
    this.text = text;
    this.state = state;
    this.expansion = expansion;
    this.checks = checks;
  }

  void apply(Instruction instruction) throws DockerfileException {
    ConfigDraft config = state.config();
    switch (instruction) {
      case Instruction.Arg(List<Argument> arguments) -> arg(arguments);
      case Instruction.Env(List<NameValue> pairs) -> env(pairs);
      case Instruction.Label(List<NameValue> pairs) -> label(pairs);
      case Instruction.Maintainer(String author) -> config.author = author;
      case Instruction.Cmd(CommandLine command) -> state.setCmd(arguments(command));
      case Instruction.Entrypoint(CommandLine command) -> state.setEntrypoint(arguments(command));
      case Instruction.User(String user) -> config.user = expansion.expand(user);
      case Instruction.Expose(List<String> ports) -> expose(ports);
      case Instruction.Volume(List<String> paths) -> volume(paths);
      case Instruction.StopSignal(String signal) -> stopSignal(signal);
      case Instruction.Healthcheck healthcheck ->
          config.healthcheck = Optional.of(healthcheck.check());
      case Instruction.Shell(List<String> arguments) -> config.shell = arguments;
      case Instruction.OnBuild(String trigger) -> config.onBuild.add(trigger);
      case Instruction.From _,
          Instruction.Run _,
          Instruction.Copy _,
          Instruction.Add _,
          Instruction.Workdir _ ->
          throw new IllegalArgumentException(instruction.keyword() + " touches files");
    }
  }

  /** Each value counts for those behind it on the line. */
  private void arg(List<Argument> arguments) throws DockerfileException {
    Set<String> undefined = new TreeSet<>();
    for (Argument argument : arguments) {
      String name = argument.name();
      Optional<String> value = value(argument);
      Set<String> missed = state.takeMissed();
      if (state.dependsOnBase(missed)) {
        state.forgetVariable(name);
      } else {
        missed.stream().filter(missing -> !state.isDeclared(missing)).forEach(undefined::add);
        value.ifPresent(known -> state.setVariable(name, known));
      }
      state.declare(name);
    }
    checks.undefined(undefined, text);
  }

  /**
   * From the command line, else the default, else the global ARG; else the variable stays as is.
   */
  private Optional<String> value(Argument argument) throws DockerfileException {
    Optional<String> given =
        Optional.ofNullable(context.options().buildArgs().get(argument.name()));
    if (given.isPresent()) {
      return given;
    }
    return argument.defaultValue().isPresent()
        ? Optional.of(expansion.expand(argument.defaultValue().get()))
        : context.globals().get(argument.name());
  }

  /** All values are expanded before any is set. */
  private void env(List<NameValue> pairs) throws DockerfileException {
    List<NameValue> expanded = new ArrayList<>();
    for (NameValue pair : pairs) {
      expanded.add(
          new NameValue(
              expansion.expand(pair.name()), expansion.expand(pair.value()), pair.oldForm()));
    }
    boolean unknown = state.dependsOnBase(state.missed());
    for (NameValue pair : expanded) {
      state.config().setEnv(pair.name(), pair.value());
      if (unknown) {
        state.forgetVariable(pair.name());
      } else {
        state.setVariable(pair.name(), pair.value());
      }
    }
  }

  private void label(List<NameValue> pairs) throws DockerfileException {
    Map<String, String> expanded = new LinkedHashMap<>();
    for (NameValue pair : pairs) {
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

  private void expose(List<String> words) throws DockerfileException {
    for (String word : words) {
      for (String port : expansion.split(word)) {
        checks.port(port, text);
        expose(port, word);
      }
    }
  }

  private void expose(String port, String word) throws DockerfileException {
    try {
      List<String> ports = PortSpecs.parse(port);
      context.budget().spend(PORT_COST * ports.size());
      state.config().exposedPorts.addAll(ports);
    } catch (IllegalArgumentException | WordException e) {
      throw text.error(Phase.PLAN, String.valueOf(e.getMessage()), word);
    }
  }

  private void volume(List<String> words) throws DockerfileException {
    for (String word : words) {
      String path = expansion.expand(word);
      if (path.isEmpty()) {
        throw text.error(Phase.PLAN, "VOLUME specified can not be an empty string", word);
      }
      state.config().volumes.add(path);
    }
  }

  private void stopSignal(String word) throws DockerfileException {
    String signal = expansion.expand(word);
    if (!Signals.isSignal(signal)) {
      throw text.error(Phase.PLAN, "invalid signal: " + signal, word);
    }
    state.config().stopSignal = signal;
  }
}
