package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.instruction.CommandLine;
import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.instruction.NetworkMode;
import dev.firebuild.dockerfile.instruction.SecurityMode;
import dev.firebuild.dockerfile.text.Heredoc;
import dev.firebuild.dockerfile.text.HeredocWord;
import dev.firebuild.dockerfile.text.InstructionText;
import java.util.ArrayList;
import java.util.List;

/** Plans RUN. */
final class RunPlanner {
  private static final int SCRIPT_MODE = 0755;
  private static final String SCRIPT_DIRECTORY = "/dev/pipes/";

  /** A command with what it needs to be shown. */
  private record Command(List<String> arguments, List<InlineFile> files) {}

  private final StageGraph graph;
  private final StageNode node;
  private final InstructionText text;
  private final StageState state;
  private final Expansion expansion;

  RunPlanner(
      StageGraph graph,
      StageNode node,
      InstructionText text,
      StageState state,
      Expansion expansion) {
    this.graph = graph;
    this.node = node;
    this.text = text;
    this.state = state;
    this.expansion = expansion;
  }

  Step.Run plan(Instruction.Run run, List<FilesFrom> sources) throws DockerfileException {
    refuseEntitlements(run);
    if (state.environmentChanged()) {
      expansion.context().spendOnVariables(state, text);
    }
    List<Mount> mounts = mounts(run.mounts(), sources);
    Command command =
        switch (run.command()) {
          case CommandLine.Exec(List<String> arguments) -> exec(arguments);
          case CommandLine.Shell(String line, List<Heredoc> heredocs) -> shell(line, heredocs);
        };
    return new Step.Run(
        command.arguments,
        state.environment(),
        state.config().user,
        state.directory(),
        mounts,
        command.files,
        run.network(),
        run.security(),
        run.devices());
  }

  /** A build never has the permissions that BuildKit calls entitlements. */
  private void refuseEntitlements(Instruction.Run run) throws DockerfileException {
    if (run.network() == NetworkMode.HOST) {
      throw text.error(Phase.PLAN, "network.host is not allowed", "--network");
    }
    if (run.security() == SecurityMode.INSECURE) {
      throw text.error(Phase.PLAN, "security.insecure is not allowed", "--security");
    }
  }

  private Command exec(List<String> arguments) throws DockerfileException {
    if (arguments.isEmpty()) {
      throw text.error(Phase.PLAN, "RUN [] names no program");
    }
    return new Command(arguments, List.of());
  }

  private Command shell(String line, List<Heredoc> heredocs) throws DockerfileException {
    if (heredocs.isEmpty()) {
      return new Command(state.shellCommand(line), List.of());
    }
    if (HeredocWord.parse(line).isPresent()) {
      return script(heredocs.getFirst());
    }
    // the shell reads the documents itself
    StringBuilder whole = new StringBuilder(line);
    for (Heredoc heredoc : heredocs) {
      whole.append('\n').append(heredoc.content()).append(heredoc.name());
    }
    return new Command(state.shellCommand(whole.toString()), List.of());
  }

  /**
   * A document that is the whole command: a program of its own if it says so, else a shell line.
   */
  private Command script(Heredoc heredoc) throws DockerfileException {
    if (!heredoc.text().startsWith("#!")) {
      return new Command(state.shellCommand(heredoc.text()), List.of());
    }
    if (heredoc.name().contains("/") || heredoc.name().matches("\\.\\.?")) {
      throw text.error(
          Phase.PLAN, "the name of a document can't be a path: " + heredoc.name(), heredoc.name());
    }
    String path = SCRIPT_DIRECTORY + heredoc.name();
    return new Command(
        state.shellCommand(path), List.of(new InlineFile(path, SCRIPT_MODE, heredoc.text())));
  }

  private List<Mount> mounts(List<String> values, List<FilesFrom> sources)
      throws DockerfileException {
    MountPlanner planner = new MountPlanner(text, state.directory(), expansion);
    List<Mount> mounts = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      if (sources.get(i) instanceof FilesFrom.Stage(int index)) {
        requireEarlier(index, values.get(i));
      }
      mounts.add(planner.plan(values.get(i), sources.get(i)));
    }
    return mounts;
  }

  private void requireEarlier(int index, String mount) throws DockerfileException {
    if (index >= node.index()) {
      throw text.error(
          Phase.PLAN,
          "cannot mount from stage \"%s\" (--mount=%s), it needs to be defined before stage \"%s\""
              .formatted(graph.nameOf(index), mount, graph.nameOf(node.index())),
          "--mount");
    }
  }
}
