package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.dockerfile.check.CheckReport;
import dev.firebuild.dockerfile.check.CheckSettings;
import dev.firebuild.dockerfile.check.FileChecks;
import dev.firebuild.dockerfile.stage.Dockerfile;
import dev.firebuild.dockerfile.word.Budget;
import dev.firebuild.dockerfile.word.WordExpander;
import dev.firebuild.dockerfile.word.WordStyle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Turns a Dockerfile into what is to be done: resolves the stages that the target needs, expands
 * all variables, and works out the configuration of the image.
 */
public final class BuildPlanner {
  private static final List<String> PROXY_ARGUMENTS =
      List.of("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY");

  private final PlanContext context;
  private final StageGraph graph;
  private final ImageConfigs images;
  private final Map<Integer, StageState> ends = new HashMap<>();
  private final Map<Integer, Platform> platforms = new HashMap<>();

  private BuildPlanner(PlanContext context, StageGraph graph, ImageConfigs images) {
    this.context = context;
    this.graph = graph;
    this.images = images;
  }

  /**
   * Plans the build of one target.
   *
   * @param images asked once for every image that the target needs
   * @throws DockerfileException in the phase PLAN, if the parts do not go together
   */
  public static BuildPlan plan(Dockerfile dockerfile, PlanOptions options, BaseImages images)
      throws DockerfileException {
    return plan(dockerfile, options, new ImageConfigs(Optional.of(images)));
  }

  /**
   * Plans as far as one can without knowing any image: what depends on their variables is left out.
   */
  static BuildPlan planWithoutImages(Dockerfile dockerfile, PlanOptions options)
      throws DockerfileException {
    return plan(dockerfile, options, new ImageConfigs(Optional.empty()));
  }

  private static BuildPlan plan(Dockerfile dockerfile, PlanOptions options, ImageConfigs images)
      throws DockerfileException {
    char escape = dockerfile.directives().escape();
    Budget budget = Budget.standard();
    WordExpander expander = new WordExpander(WordStyle.arguments(escape), budget);
    GlobalArguments globals = GlobalArguments.of(dockerfile, options, expander);
    StageNames names = StageNames.of(dockerfile, options, globals, expander);
    StageGraph graph = StageGraph.of(dockerfile, options, names, images);
    CheckReport report = new CheckReport(checkSettings(dockerfile));
    FileChecks.run(dockerfile, report);
    PlanContext context = new PlanContext(options, globals, escape, budget, report);
    return new BuildPlanner(context, graph, images).plan();
  }

  private static CheckSettings checkSettings(Dockerfile dockerfile) throws DockerfileException {
    try {
      return dockerfile
          .directives()
          .check()
          .map(CheckSettings::parse)
          .orElse(CheckSettings.DEFAULT);
    } catch (IllegalArgumentException e) {
      throw DockerfileException.nowhere(Phase.PLAN, "# check=… " + e.getMessage());
    }
  }

  private BuildPlan plan() throws DockerfileException {
    List<StageNode> needed = graph.reachable();
    for (StageNode node : needed) {
      findImages(node);
    }
    List<PlannedStage> stages = new ArrayList<>();
    for (StageNode node : needed) {
      stages.add(stage(node));
    }
    ConfigDraft config = end(graph.target().index()).config();
    config.labels.putAll(context.options().labels());
    context.report().enforce();
    // a stage behind the target in the file is never needed by it, so the target is the last
    return new BuildPlan(
        stages,
        config.toConfig(),
        context.options().buildPlatform(),
        proxyEnvironment(),
        context.report().warnings());
  }

  /** Asks for all images of a stage, also those that are only copied from. */
  private void findImages(StageNode node) throws DockerfileException {
    if (node.base() instanceof StageBase.Image(String reference)) {
      images.get(reference, node.stage().head().text());
    }
    for (StageNode.Entry entry : node.entries()) {
      for (FilesFrom source : entry.sources()) {
        if (source instanceof FilesFrom.Image(String reference)) {
          images.get(reference, entry.parsed().text());
        }
      }
    }
  }

  private PlannedStage stage(StageNode node) throws DockerfileException {
    StageState state = begin(node);
    context.spendOnVariables(state, node.stage().head().text());
    platforms.put(node.index(), platform(node));
    List<PlannedStep> steps = new StagePlanner(context, graph, node, state).plan();
    ends.put(node.index(), state);
    return new PlannedStage(
        node.index(),
        node.stage().displayName(),
        node.stage().location(),
        node.base(),
        platform(node),
        steps,
        state.config().toConfig());
  }

  private StageState begin(StageNode node) throws DockerfileException {
    return switch (node.base()) {
      case StageBase.Scratch() -> StageState.onScratch();
      case StageBase.Stage(int index) -> end(index).continued();
      case StageBase.Image(String reference) -> {
        ImageConfig image = images.get(reference, node.stage().head().text());
        yield images.unknown() ? StageState.onUnknownImage() : StageState.onImage(image);
      }
    };
  }

  private StageState end(int index) {
    return Optional.ofNullable(ends.get(index))
        .orElseThrow(() -> new IllegalStateException("stage " + index + " is not planned yet"));
  }

  private Platform platform(StageNode node) {
    if (node.base() instanceof StageBase.Stage(int index)) {
      return platforms.getOrDefault(index, context.options().targetPlatform());
    }
    return node.platform().orElse(context.options().targetPlatform());
  }

  /** Proxy arguments count in any case, and are given to programs in both. */
  private List<String> proxyEnvironment() {
    List<String> environment = new ArrayList<>();
    for (String name : PROXY_ARGUMENTS) {
      context.options().buildArgs().entrySet().stream()
          .filter(argument -> argument.getKey().equalsIgnoreCase(name))
          .map(Map.Entry::getValue)
          .reduce((_, last) -> last)
          .filter(value -> !value.isEmpty())
          .ifPresent(value -> {
            environment.add(name + "=" + value);
            environment.add(name.toLowerCase(Locale.ROOT) + "=" + value);
          });
    }
    return environment;
  }
}
