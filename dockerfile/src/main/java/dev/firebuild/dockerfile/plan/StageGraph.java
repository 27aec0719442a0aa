package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.instruction.InstructionParser;
import dev.firebuild.dockerfile.instruction.ParsedInstruction;
import dev.firebuild.dockerfile.stage.Dockerfile;
import dev.firebuild.dockerfile.text.DockerfileText;
import dev.firebuild.dockerfile.text.InstructionText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which stages a target needs, and what each of their instructions takes files from. */
final class StageGraph {
  private final List<StageNode> nodes;
  private final StageNode target;
  private final SourceNames sources;
  private final ImageConfigs images;

  private StageGraph(
      List<StageNode> nodes, StageNode target, SourceNames sources, ImageConfigs images) {
    this.nodes = nodes;
    this.target = target;
    this.sources = sources;
    this.images = images;
  }

  /**
   * Resolves every {@code from}, whether the target needs it or not, and fires the triggers of the
   * stages that it needs.
   */
  static StageGraph of(
      Dockerfile dockerfile, PlanOptions options, StageNames names, ImageConfigs images)
      throws DockerfileException {
    SourceNames sources = new SourceNames(names, dockerfile.directives().escape());
    StageGraph graph = new StageGraph(names.nodes(), names.target(options), sources, images);
    for (StageNode node : graph.nodes) {
      List<StageNode.Entry> entries = new ArrayList<>();
      for (ParsedInstruction parsed : node.stage().instructions()) {
        entries.add(new StageNode.Entry(parsed, sources.of(parsed), false));
      }
      node.setEntries(entries);
    }
    CircleFinder.check(graph.nodes);
    graph.checkImageNames();
    graph.fireTriggers();
    return graph;
  }

  private void checkImageNames() throws DockerfileException {
    for (StageNode node : nodes) {
      if (node.base() instanceof StageBase.Image(String reference)) {
        images.checkName(reference, node.stage().head().text());
      }
      for (StageNode.Entry entry : node.entries()) {
        checkImageNames(entry);
      }
    }
  }

  private void checkImageNames(StageNode.Entry entry) throws DockerfileException {
    for (FilesFrom source : entry.sources()) {
      if (source instanceof FilesFrom.Image(String reference)) {
        images.checkName(reference, entry.parsed().text());
      }
    }
  }

  /** A trigger may copy from a stage that nothing else needs, which then has triggers too. */
  private void fireTriggers() throws DockerfileException {
    boolean more = true;
    while (more) {
      more = false;
      for (StageNode node : reachable()) {
        if (!node.triggersFired()) {
          List<StageNode.Entry> triggers = triggers(node);
          node.fire(triggers);
          more |= triggers.stream().anyMatch(entry -> !entry.sources().isEmpty());
        }
      }
    }
  }

  private List<StageNode.Entry> triggers(StageNode node) throws DockerfileException {
    List<StageNode.Entry> entries = new ArrayList<>();
    for (String trigger : triggerTexts(node)) {
      ParsedInstruction parsed = parseTrigger(trigger, node.stage().head().text());
      StageNode.Entry entry = new StageNode.Entry(parsed, sources.of(parsed), true);
      checkImageNames(entry);
      entries.add(entry);
    }
    return entries;
  }

  private List<String> triggerTexts(StageNode node) throws DockerfileException {
    return switch (node.base()) {
      case StageBase.Scratch() -> List.of();
      case StageBase.Image(String reference) ->
          images.get(reference, node.stage().head().text()).onBuild();
      case StageBase.Stage(int index) ->
          nodes.get(index).entries().stream()
              .map(entry -> entry.parsed().instruction())
              .filter(Instruction.OnBuild.class::isInstance)
              .map(Instruction.OnBuild.class::cast)
              .map(Instruction.OnBuild::trigger)
              .toList();
    };
  }

  /** A trigger is a file of one instruction; whatever is wrong with it, the FROM is to blame. */
  private static ParsedInstruction parseTrigger(String trigger, InstructionText from)
      throws DockerfileException {
    try {
      DockerfileText text = DockerfileText.read(trigger.getBytes(StandardCharsets.UTF_8));
      if (text.instructions().size() != 1) {
        throw from.error(Phase.PLAN, "onbuild trigger should be a single expression");
      }
      ParsedInstruction parsed =
          InstructionParser.parse(
              text.instructions().getFirst().at(from.location()), text.directives().escape());
      if (parsed.instruction() instanceof Instruction.From) {
        throw from.error(Phase.PLAN, "FROM isn't allowed as an ONBUILD trigger");
      }
      return parsed;
    } catch (DockerfileException e) {
      throw from.error(
          Phase.PLAN, "the base image's trigger \"%s\": %s".formatted(trigger, e.getMessage()));
    }
  }

  /** The stages that the target needs, itself included, in the order of the file. */
  List<StageNode> reachable() {
    SortedSet<Integer> needed = new TreeSet<>();
    Deque<StageNode> open = new ArrayDeque<>(List.of(target));
    while (!open.isEmpty()) {
      StageNode node = open.removeLast();
      if (needed.add(node.index())) {
        if (node.base() instanceof StageBase.Stage(int index)) {
          open.add(nodes.get(index));
        }
        node.sourceStages().forEach(index -> open.add(nodes.get(index)));
      }
    }
    return needed.stream().map(nodes::get).toList();
  }

  StageNode target() {
    return target;
  }

  /** The name of a stage, or {@code stage-N}. */
  String nameOf(int index) {
    return nodes.get(index).stage().displayName();
  }

  /**
   * What a stage is called in the names of its steps; a stage that is alone has no name. Images
   * that are only copied from count as stages.
   */
  Optional<String> shownName(StageNode node) {
    boolean alone =
        nodes.size() == 1
            && nodes.getFirst().entries().stream()
                .allMatch(entry ->
                    entry.sources().stream().allMatch(FilesFrom.Context.class::isInstance)
                        && !(entry.parsed().instruction() instanceof Instruction.Run run
                            && !run.mounts().isEmpty()));
    return alone ? Optional.empty() : Optional.of(node.stage().displayName());
  }
}
