package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.AddSource;
import dev.firebuild.dockerfile.plan.BuildPlan;
import dev.firebuild.dockerfile.plan.FilesFrom;
import dev.firebuild.dockerfile.plan.Owner;
import dev.firebuild.dockerfile.plan.PlannedStage;
import dev.firebuild.dockerfile.plan.PlannedStep;
import dev.firebuild.dockerfile.plan.StageBase;
import dev.firebuild.dockerfile.plan.Step;
import dev.firebuild.protocol.Text;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.build.CopyTree.Content;
import dev.firebuild.worker.build.CopyTree.Node;
import dev.firebuild.worker.source.ArchiveDetector;
import dev.firebuild.worker.source.SourceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Finds what each step takes from the context, before anything runs. */
final class StepPreparation {
  private final BuildContext context;
  private int number;

  StepPreparation(BuildContext context) {
    this.context = context;
  }

  /** The stages of {@code plan} in its order. */
  List<PreparedStage> prepare(BuildPlan plan) throws BuildFailedException {
    List<PreparedStage> stages = new ArrayList<>();
    for (PlannedStage stage : plan.stages()) {
      List<PreparedStep> steps = new ArrayList<>();
      for (PlannedStep step : stage.steps()) {
        if (step.step().changesFiles()) {
          refuseNamesOnNothing(stage, steps, step);
          number++;
          steps.add(new PreparedStep(number, step, tree(step)));
        }
      }
      stages.add(new PreparedStage(stage, steps));
    }
    return stages;
  }

  /** Where nothing is yet, no file says who has a name. */
  private static void refuseNamesOnNothing(
      PlannedStage stage, List<PreparedStep> before, PlannedStep step) throws BuildFailedException {
    Optional<Owner> owner =
        switch (step.step()) {
          case Step.Copy copy -> copy.chown();
          case Step.Add add -> add.chown();
          case Step.Run _, Step.Workdir _, Step.Metadata _ -> Optional.empty();
        };
    if (stage.base() instanceof StageBase.Scratch
        && before.isEmpty()
        && owner.isPresent()
        && !owner.get().numeric()) {
      throw BuildFailedException.at(
          step,
          FailureCode.DOCKERFILE,
          "--chown=%s: there is no /etc/passwd in an empty image; give numbers"
              .formatted(owner.get().user()));
    }
  }

  private Optional<CopyTree> tree(PlannedStep step) throws BuildFailedException {
    try {
      return switch (step.step()) {
        case Step.Copy copy when copy.from() instanceof FilesFrom.Context ->
            Optional.of(
                CopyTree.of(context.index(), copy.sources(), copy.inlineFiles(), copy.chmod()));
        case Step.Add add -> Optional.of(added(step, add));
        case Step.Copy _, Step.Run _, Step.Workdir _, Step.Metadata _ -> Optional.empty();
      };
    } catch (SourceException e) {
      throw BuildFailedException.at(step, FailureCode.DOCKERFILE, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw BuildFailedException.of(FailureCode.HOST, "cannot read the context", e);
    }
  }

  private CopyTree added(PlannedStep step, Step.Add add)
      throws SourceException, IOException, BuildFailedException {
    List<String> sources = new ArrayList<>();
    for (AddSource source : add.sources()) {
      switch (source) {
        case AddSource.Local(String path) -> sources.add(path);
        case AddSource.Http(String url, String _) -> throw remote(step, url);
        case AddSource.Git(String url) -> throw remote(step, url);
      }
    }
    CopyTree tree = CopyTree.of(context.index(), sources, add.inlineFiles(), add.chmod());
    if (add.unpack().orElse(true)) {
      for (String name : tree.singles()) {
        refuseArchive(step, Objects.requireNonNull(tree.nodes().get(name)));
      }
    }
    return tree;
  }

  private void refuseArchive(PlannedStep step, Node node) throws IOException, BuildFailedException {
    if (node.content() instanceof Content.InContext(long offset, String _)
        && ArchiveDetector.isTar(context.content(offset, node.size()))) {
      throw BuildFailedException.at(
          step,
          FailureCode.INVALID_REQUEST,
          "ADD of the archive %s: archives are not extracted by this version; extract it before, or use COPY to take it as a file"
              .formatted(Text.quote(node.path())));
    }
  }

  private static BuildFailedException remote(PlannedStep step, String url) {
    return BuildFailedException.at(
        step,
        FailureCode.INVALID_REQUEST,
        "ADD of %s: this version takes files of the context only".formatted(Text.quote(url)));
  }
}
