package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.FilesFrom;
import dev.firebuild.dockerfile.plan.StageBase;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.image.Manifest.Layer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How far the stages of a build are known; grows while they are made, by many threads. */
final class KnownStages implements StageSources {
  private final Map<Integer, PreparedStage> stages;
  private final BaseManifests bases;
  private final Map<Integer, KnownSteps> known = new ConcurrentHashMap<>();

  KnownStages(List<PreparedStage> stages, BaseManifests bases) {
    this.stages =
        stages.stream().collect(Collectors.toMap(PreparedStage::index, Function.identity()));
    this.bases = bases;
  }

  PreparedStage stage(int index) {
    return Objects.requireNonNull(stages.get(index), "every stage that is needed is in the plan");
  }

  /** How far the stage {@code index} is known; empty while its base must be built first. */
  Optional<KnownSteps> find(int index) {
    return Optional.ofNullable(known.get(index));
  }

  void put(int index, KnownSteps steps) {
    known.put(index, steps);
  }

  /** The result of the stage {@code index}, if all of its steps are known. */
  Optional<StepResult> finished(int index) {
    return find(index)
        .filter(steps -> steps.count() == stage(index).steps().size())
        .map(KnownSteps::result);
  }

  /** The files that {@code stage} begins with; empty while they must be built first. */
  Optional<StepResult> base(PreparedStage stage) {
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
      case StageBase.Stage(int index) -> finished(index).map(StepResult::asBase);
    };
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
}
