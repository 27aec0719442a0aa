package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.HealthCheck;
import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.plan.BuildPlan;
import dev.firebuild.dockerfile.plan.BuildPlanner;
import dev.firebuild.dockerfile.plan.PlanOptions;
import dev.firebuild.dockerfile.plan.StageBase;
import dev.firebuild.dockerfile.plan.UnsupportedFeatures;
import dev.firebuild.dockerfile.stage.Dockerfile;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.build.BuildGuard.EndedException;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.image.Manifest.Provenance;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Builds a Dockerfile: plans it, looks how far the stages are known, executes the rest; stages that
 * do not need each other at the same time.
 */
final class DockerfileBuild {
  private final BuildJob job;
  private final BuildContext context;
  private final BaseManifests bases;

  DockerfileBuild(BuildJob job, BuildContext context, BaseManifests bases) {
    this.job = job;
    this.context = context;
    this.bases = bases;
  }

  /** Does the build and returns what shall be published. */
  Manifest build() throws IOException, InterruptedException, BuildFailedException, EndedException {
    BuildPlan plan = plan();
    List<PreparedStage> prepared = new StepPreparation(context).prepare(plan);
    job.tell(planned(prepared));
    remarkOnHealthcheck(plan);
    StepKeys keys = new StepKeys(job.settings().platform().toString());
    KnownStages known = new KnownStages(prepared, bases);
    prepared.forEach(stage -> lookUp(stage, known, keys));
    StepResult result =
        new StageMaker(job, context, known, keys, plan.proxyEnvironment())
            .run(plan.target().index());
    return Manifest.of(
        plan.target().platform().os(),
        plan.target().platform().architecture(),
        plan.config(),
        result.layers(),
        result.provenance().orElseGet(this::ownProvenance));
  }

  private void remarkOnHealthcheck(BuildPlan plan) throws InterruptedException {
    Optional<HealthCheck> check = plan.config().healthcheck();
    if (check.isPresent() && !check.get().equals(HealthCheck.none())) {
      job.remark(
          0, "HEALTHCHECK is kept in the image's configuration; firebuild does not execute it yet");
    }
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
  private void lookUp(PreparedStage stage, KnownStages known, StepKeys keys) {
    Optional<StepResult> base = known.base(stage);
    if (base.isEmpty()) {
      return;
    }
    KnownSteps.Finder finder =
        job.request().noCache() ? _ -> Optional.empty() : job.parts().cache()::find;
    KnownSteps steps = KnownSteps.find(base.get(), stage.steps(), keys, known, finder);
    known.put(stage.index(), steps);
    stage.steps().stream()
        .limit(steps.count())
        .forEach(step -> job.tell(new BuildEvent.StepCached(step.number())));
  }

  private Provenance ownProvenance() {
    return new Provenance(job.grant().id(), context.name(), "");
  }
}
