package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.instruction.NetworkMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the language has and this version does not execute yet. It is read and planned like
 * everything else, and refused here: the only place to change when something becomes possible.
 */
public final class UnsupportedFeatures {
  /**
   * A use of such a feature.
   *
   * @param message what can't be done, for people
   */
  public record Use(Location location, String message) {
    /** The error to refuse a plan with. */
    public DockerfileException toException() {
      return DockerfileException.at(location, Phase.PLAN, message);
    }
  }

  private final List<Use> uses = new ArrayList<>();

  private UnsupportedFeatures() {}

  /** All uses in a plan, in the order of the file. */
  public static List<Use> find(BuildPlan plan) {
    UnsupportedFeatures features = new UnsupportedFeatures();
    for (PlannedStage stage : plan.stages()) {
      features.checkPlatform(stage, plan.buildPlatform());
      for (PlannedStep step : stage.steps()) {
        features.checkInstruction(step);
        features.checkStep(step);
      }
    }
    return List.copyOf(features.uses);
  }

  /**
   * Refuses a plan with such a feature.
   *
   * @throws DockerfileException in the phase PLAN, naming the first use
   */
  public static void check(BuildPlan plan) throws DockerfileException {
    List<Use> uses = find(plan);
    if (!uses.isEmpty()) {
      throw uses.getFirst().toException();
    }
  }

  /**
   * An ADD of an archive, which only shows when the context is read.
   *
   * @param path of the archive in the context
   */
  public static Use archive(PlannedStep step, String path) {
    return new Use(
        step.location(),
        notYet("extracting the archive %s".formatted(path)) + "; COPY takes it as it is");
  }

  private static String notYet(String what) {
    return what + " is not supported by this version of firebuild yet";
  }

  private void refuse(boolean used, PlannedStep step, String what) {
    if (used) {
      uses.add(new Use(step.location(), notYet(what)));
    }
  }

  private void checkPlatform(PlannedStage stage, Platform own) {
    Platform platform = stage.platform();
    if (!platform.os().equals(own.os()) || !platform.architecture().equals(own.architecture())) {
      uses.add(
          new Use(
              stage.location(),
              notYet("the platform %s on a worker for %s".formatted(platform, own))));
    }
  }

  private void checkInstruction(PlannedStep step) {
    switch (step.instruction()) {
      case Instruction.Run run -> {
        refuse(!run.mounts().isEmpty(), step, "RUN --mount");
        refuse(
            run.network() != NetworkMode.DEFAULT,
            step,
            "RUN --network=" + run.network().name().toLowerCase(Locale.ROOT));
        refuse(!run.devices().isEmpty(), step, "RUN --device");
      }
      default -> {}
    }
  }

  private void checkStep(PlannedStep planned) {
    switch (planned.step()) {
      case Step.Copy copy -> {
        boolean ofContext = copy.from() instanceof FilesFrom.Context;
        refuse(!copy.inlineFiles().isEmpty() && !ofContext, planned, "COPY --from with a heredoc");
        refuse(copy.link(), planned, "COPY --link");
        refuse(copy.parents(), planned, "COPY --parents");
        refuse(!copy.exclude().isEmpty(), planned, "COPY --exclude");
        if (copy.from() instanceof FilesFrom.Image(String reference)) {
          refuse(
              true,
              planned,
              "COPY --from=%s: there is no stage of that name, and copying from an image"
                  .formatted(reference));
        }
      }
      case Step.Add add -> {
        refuse(add.link(), planned, "ADD --link");
        refuse(!add.exclude().isEmpty(), planned, "ADD --exclude");
        refuse(add.unpack().isPresent(), planned, "ADD --unpack");
        for (AddSource source : add.sources()) {
          switch (source) {
            case AddSource.Local _ -> {}
            case AddSource.Http(String url, _) -> refuse(true, planned, "ADD of the URL " + url);
            case AddSource.Git(String url) ->
                refuse(true, planned, "ADD of the git repository " + url);
          }
        }
      }
      case Step.Run _, Step.Workdir _, Step.Metadata _ -> {}
    }
  }
}
