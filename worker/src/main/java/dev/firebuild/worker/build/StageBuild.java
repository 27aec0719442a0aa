package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.FilesFrom;
import dev.firebuild.dockerfile.plan.Owner;
import dev.firebuild.dockerfile.plan.PlannedStep;
import dev.firebuild.dockerfile.plan.Step;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.worker.build.BuildGuard.EndedException;
import dev.firebuild.worker.image.Manifest.Layer;
import dev.firebuild.worker.image.Manifest.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Executes the unknown steps of one stage, in order, in a VM of its own. */
final class StageBuild {
  private final BuildJob job;
  private final BuildContext context;
  private final StageSources sources;
  private final StepKeys keys;
  private final List<String> proxyEnvironment;

  StageBuild(
      BuildJob job,
      BuildContext context,
      StageSources sources,
      StepKeys keys,
      List<String> proxyEnvironment) {
    this.job = job;
    this.context = context;
    this.sources = sources;
    this.keys = keys;
    this.proxyEnvironment = proxyEnvironment;
  }

  /**
   * Executes what follows {@code known}, at least one step.
   *
   * @return the stage's result, its layer published
   */
  StepResult execute(PreparedStage stage, KnownSteps known)
      throws IOException, InterruptedException, BuildFailedException, EndedException {
    Path directory = Files.createDirectory(job.directory().resolve("stage-" + stage.index()));
    Path upper = directory.resolve("upper.ext4");
    List<PreparedStep> steps = stage.steps().subList(known.count(), stage.steps().size());
    if (known.key().isPresent()) {
      job.parts().cache().copyDisk(known.key().get(), known.result(), upper);
    } else {
      job.parts().ext4().create(upper, job.settings().diskBytes());
    }
    Drives drives = writeDrives(directory, steps);
    List<Path> lowers = files(known.result().below());
    StepResult result;
    String key;
    try (MemoryBudget.Share _ = job.takeMemory();
        StepMemory memory = new StepMemory(job.parts().cache(), upper);
        BuildVm vm = BuildVm.start(job, lowers, upper, drives.files)) {
      StepContext step = StepContext.of(job, vm, proxyEnvironment, drives.loads, drives.places);
      Executed executed = executeAll(step, steps, known.result(), memory);
      result = executed.result();
      key = executed.key();
      vm.shutDown();
    }
    StepResult published = result.withOwn(job.parts().images().publishLayer(upper));
    job.parts().cache().put(key, published);
    return published;
  }

  /** The result of a step and the key it is found by. */
  private record Executed(StepResult result, String key) {}

  private Executed executeAll(
      StepContext context, List<PreparedStep> steps, StepResult parent, StepMemory memory)
      throws InterruptedException, BuildFailedException, EndedException {
    StepResult result = parent;
    String key = "";
    for (PreparedStep step : steps) {
      job.guard().check();
      key =
          KnownSteps.key(result.id(), step, keys, sources)
              .orElseThrow(() -> new IllegalStateException("a stage is built before its sources"));
      result =
          new StepResult(job.drawId(), parent.below(), Optional.empty(), Optional.of(provenance()));
      try {
        executeTold(context, step);
        if (step.number() != steps.getLast().number()) {
          memory.remember(context.vm().guest(), key, result);
        }
      } catch (IOException e) {
        throw blame(step.planned(), context.vm().lost(e));
      }
    }
    return new Executed(result, key);
  }

  private void executeTold(StepContext context, PreparedStep step)
      throws IOException, BuildFailedException {
    job.tell(new BuildEvent.StepStarted(step.number()));
    long start = job.parts().clock().millis();
    execute(context, step);
    job.tell(new BuildEvent.StepFinished(step.number(), job.parts().clock().millis() - start));
  }

  private static void execute(StepContext context, PreparedStep step)
      throws IOException, BuildFailedException {
    switch (step.planned().step()) {
      case Step.Run run -> RunStep.execute(context, step, run);
      case Step.Workdir workdir -> WorkdirStep.execute(context, step, workdir);
      case Step.Copy copy when copy.from() instanceof FilesFrom.Context ->
          PutStep.execute(
              context, step, tree(step), copy.destination(), copy.chown(), copy.chmod());
      case Step.Copy copy -> CopyStep.execute(context, step, copy);
      case Step.Add add ->
          PutStep.execute(context, step, tree(step), add.destination(), add.chown(), add.chmod());
      case Step.Metadata _ -> throw new IllegalStateException("nothing to execute");
    }
  }

  private static CopyTree tree(PreparedStep step) {
    return step.tree().orElseThrow(() -> new IllegalStateException("a step without its files"));
  }

  private Provenance provenance() {
    return new Provenance(job.grant().id(), context.name(), job.kernel());
  }

  /** A guest that was lost in the middle of a step: the step is to blame. */
  private static BuildFailedException blame(PlannedStep step, BuildFailedException lost) {
    Failure failure = lost.failure();
    return BuildFailedException.at(
        step, failure.code(), step.name() + ": " + failure.message(), failure.exitCode());
  }

  /**
   * The inputs of the stage's VM.
   *
   * @param loads by number of the step
   * @param places the inputs that are the layers of a place
   */
  private record Drives(
      List<Path> files,
      Map<Integer, InputDrive.Load> loads,
      Map<FilesFrom, List<Integer>> places) {}

  private Drives writeDrives(Path directory, List<PreparedStep> steps) throws IOException {
    List<Path> files = new ArrayList<>();
    Map<Integer, InputDrive.Load> loads = new LinkedHashMap<>();
    if (steps.stream().anyMatch(step -> step.tree().isPresent())) {
      Path file = directory.resolve("inputs.tar");
      files.add(file);
      try (InputDrive drive = new InputDrive(file, context.archive())) {
        for (PreparedStep step : steps) {
          if (step.tree().isPresent()) {
            loads.put(step.number(), drive.add(step.tree().get(), owner(step)));
          }
        }
      }
    }
    return new Drives(files, loads, attachSources(steps, files));
  }

  private Map<FilesFrom, List<Integer>> attachSources(List<PreparedStep> steps, List<Path> files)
      throws IOException {
    Map<FilesFrom, List<Integer>> places = new LinkedHashMap<>();
    Map<Layer, Integer> attached = new LinkedHashMap<>();
    for (PreparedStep step : steps) {
      if (!(step.planned().step() instanceof Step.Copy copy)
          || copy.from() instanceof FilesFrom.Context
          || places.containsKey(copy.from())) {
        continue;
      }
      List<Integer> inputs = new ArrayList<>();
      for (Layer layer : sources.layers(copy.from())) {
        Integer input = attached.get(layer);
        if (input == null) {
          input = files.size();
          files.add(job.parts().images().layer(layer));
          attached.put(layer, input);
        }
        inputs.add(input);
      }
      places.put(copy.from(), inputs);
    }
    return places;
  }

  private static InputDrive.Ids owner(PreparedStep step) {
    Optional<Owner> owner =
        switch (step.planned().step()) {
          case Step.Copy copy -> copy.chown();
          case Step.Add add -> add.chown();
          case Step.Run _, Step.Workdir _, Step.Metadata _ -> Optional.empty();
        };
    return owner.flatMap(Owners::numbers).orElse(InputDrive.Ids.ROOT);
  }

  private List<Path> files(List<Layer> layers) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Layer layer : layers) {
      files.add(job.parts().images().layer(layer));
    }
    return files;
  }
}
