package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.FilesFrom;
import dev.firebuild.dockerfile.plan.Step;
import java.util.List;
import java.util.Optional;

/**
 * How far the steps of a stage are known.
 *
 * @param result after the known steps
 * @param count of the known steps
 * @param key of the last known step; empty if none is known
 */
record KnownSteps(StepResult result, int count, Optional<String> key) {

  /** Looks for results under keys. */
  @FunctionalInterface
  interface Finder {
    Optional<StepResult> find(String key);
  }

  /** The longest known prefix of {@code steps}, which begin with {@code base}. */
  static KnownSteps find(
      StepResult base,
      List<PreparedStep> steps,
      StepKeys keys,
      StageSources sources,
      Finder finder) {
    KnownSteps known = new KnownSteps(base, 0, Optional.empty());
    for (PreparedStep step : steps) {
      Optional<String> key = key(known.result().id(), step, keys, sources);
      Optional<StepResult> next = key.flatMap(finder::find);
      if (next.isEmpty()) {
        return known;
      }
      known = new KnownSteps(next.get(), known.count() + 1, key);
    }
    return known;
  }

  /** The key of {@code step}; empty while it needs a stage that must be built first. */
  static Optional<String> key(
      String parent, PreparedStep step, StepKeys keys, StageSources sources) {
    return switch (step.planned().step()) {
      case Step.Run run -> Optional.of(keys.run(parent, run));
      case Step.Workdir workdir -> Optional.of(keys.workdir(parent, workdir));
      case Step.Copy copy when copy.from() instanceof FilesFrom.Context ->
          step.tree()
              .map(tree ->
                  keys.put(
                      parent,
                      tree,
                      copy.destination(),
                      copy.chown(),
                      PutStep.directoryMode(copy.chmod())));
      case Step.Copy copy ->
          sources.result(copy.from()).map(source -> keys.copy(parent, copy, source));
      case Step.Add add ->
          step.tree()
              .map(tree ->
                  keys.put(
                      parent,
                      tree,
                      add.destination(),
                      add.chown(),
                      PutStep.directoryMode(add.chmod())));
      case Step.Metadata _ -> Optional.empty();
    };
  }
}
