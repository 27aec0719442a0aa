package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.plan.BuildPlan;
import dev.firebuild.dockerfile.plan.BuildPlanner;
import dev.firebuild.dockerfile.plan.FilesFrom;
import dev.firebuild.dockerfile.plan.PlanOptions;
import dev.firebuild.dockerfile.plan.StageBase;
import dev.firebuild.dockerfile.plan.UnsupportedFeatures;
import dev.firebuild.dockerfile.stage.Dockerfile;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.build.BuildGuard.EndedException;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.image.Manifest.Layer;
import dev.firebuild.worker.image.Manifest.Provenance;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Builds a Dockerfile: plans it, looks how far the stages are known, executes the rest, stage after
 * stage.
 */
final class DockerfileBuild implements StageSources {
  private final BuildJob job;
  private final BuildContext context;
  private final BaseManifests bases;
  private final StepKeys keys;
  private final Map<Integer, KnownSteps> known = new HashMap<>();
  private final Map<Integer, PreparedStage> stages = new HashMap<>();

  DockerfileBuild(BuildJob job, BuildContext context, BaseManifests bases) {
    this.job = job;
    this.context = context;
    this.bases = bases;
    this.keys = new StepKeys(job.settings().platform().toString());
  }

  /** Does the build and returns what shall be published. */
  Manifest build() throws IOException, InterruptedException, BuildFailedException, EndedException {
    BuildPlan plan = plan();
    List<PreparedStage> prepared = new StepPreparation(context).prepare(plan);
    prepared.forEach(stage -> stages.put(stage.index(), stage));
    job.tell(planned(prepared));
    for (PreparedStage stage : prepared) {
      lookUp(stage);
    }
    StepResult result = ensure(plan.target().index(), plan.proxyEnvironment());
    return Manifest.of(
        plan.target().platform().os(),
        plan.target().platform().architecture(),
        plan.config(),
        result.layers(),
        result.provenance().orElseGet(this::ownProvenance));
  }

  private BuildPlan plan() throws BuildFailedException {
    PlanOptions options =
        PlanOptions.on(job.settings().platform())
            .withTarget(job.request().target())
            .withBuildArgs(job.request().buildArgs())
            .withLabels(job.request().labels());
    try {
      BuildPlan plan = BuildPlanner.plan(Dockerfile.parse(context.dockerfile()), options, bases);
      UnsupportedFeatures.check(plan);
      return plan;
    } catch (DockerfileException e) {
      if (bases.problem().isPresent()) {
        throw bases.problem().get();
      }
      throw new BuildFailedException(failure(e));
    }
  }

  private static Failure failure(DockerfileException e) {
    Optional<Location> lines = e.location();
    return new Failure(
        FailureCode.DOCKERFILE,
        e.describe(),
        Optional.empty(),
        lines.map(Location::firstLine),
        lines.map(Location::lastLine),
        Optional.empty());
  }

  private static BuildEvent.Planned planned(List<PreparedStage> stages) {
    return new BuildEvent.Planned(
        stages.stream()
            .map(stage ->
                new BuildEvent.Planned.Stage(
                    stage.index(),
                    stage.planned().name(),
                    base(stage.planned().base()),
                    stage.steps().stream()
                        .map(step ->
                            new BuildEvent.Planned.Step(
                                step.number(),
                                step.planned().name(),
                                step.planned().location().firstLine(),
                                step.planned().location().lastLine()))
                        .toList()))
            .toList());
  }

  private static String base(StageBase base) {
    return switch (base) {
      case StageBase.Scratch _ -> "scratch";
      case StageBase.Image(String reference) -> reference;
      case StageBase.Stage(int index) -> Integer.toString(index);
    };
  }

  /** Finds how far {@code stage} is known; its base and sources have been looked up. */
  private void lookUp(PreparedStage stage) {
    Optional<StepResult> base = base(stage);
    if (base.isEmpty()) {
      return;
    }
    KnownSteps.Finder finder =
        job.request().noCache() ? _ -> Optional.empty() : job.parts().cache()::find;
    KnownSteps steps = KnownSteps.find(base.get(), stage.steps(), keys, this, finder);
    known.put(stage.index(), steps);
    stage.steps().stream()
        .limit(steps.count())
        .forEach(step -> job.tell(new BuildEvent.StepCached(step.number())));
  }

  /** The files that {@code stage} begins with; empty while they must be built first. */
  private Optional<StepResult> base(PreparedStage stage) {
    return switch (stage.planned().base()) {
      case StageBase.Scratch _ ->
          Optional.of(StepResult.base("scratch", List.of(), Optional.empty()));
      case StageBase.Image(String reference) -> {
        Manifest manifest = bases.manifest(reference);
        yield Optional.of(
            StepResult.base(
                StepKeys.imageResult(manifest.layers()),
                manifest.layers(),
                Optional.of(manifest.provenance())));
      }
      case StageBase.Stage(int index) ->
          finished(index)
              .map(result -> StepResult.base(result.id(), result.layers(), result.provenance()));
    };
  }

  private Optional<StepResult> finished(int index) {
    return Optional.ofNullable(known.get(index))
        .filter(steps -> steps.count() == stage(index).steps().size())
        .map(KnownSteps::result);
  }

  private PreparedStage stage(int index) {
    return Objects.requireNonNull(stages.get(index), "every stage that is needed is in the plan");
  }

  /** The result of the stage {@code index}, all its layers published; executes what lacks. */
  private StepResult ensure(int index, List<String> proxyEnvironment)
      throws IOException, InterruptedException, BuildFailedException, EndedException {
    PreparedStage stage = stage(index);
    Optional<StepResult> finished = finished(index);
    if (finished.isEmpty()) {
      return execute(stage, proxyEnvironment);
    }
    KnownSteps steps = Objects.requireNonNull(known.get(index));
    if (steps.result().own().isPresent()) {
      return steps.result();
    }
    if (steps.key().isEmpty()) {
      if (stage.planned().base() instanceof StageBase.Stage(int base)) {
        return rebased(steps, ensure(base, proxyEnvironment), index);
      }
      return steps.result();
    }
    StepResult published = job.parts().cache().publish(steps.key().get(), steps.result());
    known.put(index, new KnownSteps(published, steps.count(), steps.key()));
    return published;
  }

  /** A stage without steps has the files of its base. */
  private StepResult rebased(KnownSteps steps, StepResult base, int index) {
    StepResult result = StepResult.base(base.id(), base.layers(), base.provenance());
    known.put(index, new KnownSteps(result, steps.count(), steps.key()));
    return result;
  }

  private StepResult execute(PreparedStage stage, List<String> proxyEnvironment)
      throws IOException, InterruptedException, BuildFailedException, EndedException {
    KnownSteps before = known.get(stage.index());
    if (stage.planned().base() instanceof StageBase.Stage(int base)
        && (before == null || before.count() == 0)) {
      StepResult result = ensure(base, proxyEnvironment);
      before =
          new KnownSteps(
              StepResult.base(result.id(), result.layers(), result.provenance()),
              0,
              Optional.empty());
    }
    KnownSteps start = Objects.requireNonNull(before);
    for (PreparedStep step : stage.steps().subList(start.count(), stage.steps().size())) {
      for (FilesFrom from : step.planned().step().filesFrom()) {
        if (from instanceof FilesFrom.Stage(int source)) {
          ensure(source, proxyEnvironment);
        }
      }
    }
    StepResult result =
        start.count() == stage.steps().size()
            ? start.result()
            : new StageBuild(job, context, this, keys, proxyEnvironment).execute(stage, start);
    known.put(stage.index(), new KnownSteps(result, stage.steps().size(), Optional.empty()));
    return result;
  }

  @Override
  public Optional<String> result(FilesFrom from) {
    return switch (from) {
      case FilesFrom.Context _ -> Optional.empty();
      case FilesFrom.Scratch _ -> Optional.of("scratch");
      case FilesFrom.Image(String reference) ->
          Optional.of(StepKeys.imageResult(bases.manifest(reference).layers()));
      case FilesFrom.Stage(int index) -> finished(index).map(StepResult::id);
    };
  }

  @Override
  public List<Layer> layers(FilesFrom from) {
    return switch (from) {
      case FilesFrom.Context _, FilesFrom.Scratch _ -> List.of();
      case FilesFrom.Image(String reference) -> bases.manifest(reference).layers();
      case FilesFrom.Stage(int index) ->
          finished(index)
              .map(StepResult::layers)
              .orElseThrow(() -> new IllegalStateException("a stage is built before its users"));
    };
  }

  private Provenance ownProvenance() {
    return new Provenance(job.grant().id(), context.name(), "");
  }
}
