package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.FilesFrom;
import dev.firebuild.dockerfile.plan.StageBase;
import dev.firebuild.worker.build.BuildGuard.EndedException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Makes the stages of a build as far as they are not known, after those that they need. */
final class StageMaker {
  private final BuildJob job;
  private final BuildContext context;
  private final KnownStages known;
  private final StepKeys keys;
  private final List<String> proxyEnvironment;
  private final StageRuns runs;

  StageMaker(
      BuildJob job,
      BuildContext context,
      KnownStages known,
      StepKeys keys,
      List<String> proxyEnvironment) {
    this.job = job;
    this.context = context;
    this.known = known;
    this.keys = keys;
    this.proxyEnvironment = proxyEnvironment;
    this.runs = new StageRuns(job.guard(), this::make);
  }

  /** The result of the stage {@code target}, all its layers published. */
  StepResult run(int target)
      throws IOException, InterruptedException, BuildFailedException, EndedException {
    return runs.run(target);
  }

  private StepResult make(int index)
      throws IOException, InterruptedException, BuildFailedException, EndedException {
    PreparedStage stage = known.stage(index);
    Optional<KnownSteps> steps = known.find(index);
    KnownSteps result =
        known.finished(index).isPresent() && steps.isPresent()
            ? published(stage, steps.get())
            : executed(stage);
    known.put(index, result);
    return result.result();
  }

  private KnownSteps published(PreparedStage stage, KnownSteps steps)
      throws IOException, InterruptedException, EndedException {
    if (steps.result().own().isPresent()) {
      return steps;
    }
    if (steps.key().isPresent()) {
      StepResult published = job.parts().cache().publish(steps.key().get(), steps.result());
      return new KnownSteps(published, steps.count(), steps.key());
    }
    // A stage without steps has the files of its base.
    return stage.planned().base() instanceof StageBase.Stage(int base)
        ? new KnownSteps(runs.get(base).asBase(), steps.count(), steps.key())
        : steps;
  }

  private KnownSteps executed(PreparedStage stage)
      throws IOException, InterruptedException, BuildFailedException, EndedException {
    KnownSteps start = start(stage);
    Set<Integer> sources = sources(stage, start.count());
    // All of them at the same time.
    sources.forEach(runs::begin);
    if (start.count() == 0 && stage.planned().base() instanceof StageBase.Stage(int base)) {
      start = new KnownSteps(runs.get(base).asBase(), 0, Optional.empty());
    }
    for (int source : sources) {
      var _ = runs.get(source);
    }
    if (start.count() == stage.steps().size()) {
      return start;
    }
    StepResult result =
        new StageBuild(job, context, known, keys, proxyEnvironment).execute(stage, start);
    return new KnownSteps(result, stage.steps().size(), Optional.empty());
  }

  /** How far {@code stage} is known; nothing of it while its base is not built. */
  private KnownSteps start(PreparedStage stage) {
    return known
        .find(stage.index())
        .orElseGet(() ->
            new KnownSteps(StepResult.base("", List.of(), Optional.empty()), 0, Optional.empty()));
  }

  /** Stages whose files {@code stage} needs to go on after {@code count} steps. */
  private static Set<Integer> sources(PreparedStage stage, int count) {
    Set<Integer> sources = new TreeSet<>();
    if (count == 0 && stage.planned().base() instanceof StageBase.Stage(int base)) {
      sources.add(base);
    }
    for (PreparedStep step : stage.steps().subList(count, stage.steps().size())) {
      for (FilesFrom from : step.planned().step().filesFrom()) {
        if (from instanceof FilesFrom.Stage(int source)) {
          sources.add(source);
        }
      }
    }
    return sources;
  }
}
