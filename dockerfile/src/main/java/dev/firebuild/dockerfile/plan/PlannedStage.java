package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.dockerfile.Location;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One stage of a plan.
 *
 * @param index its number in the Dockerfile, from 0; the others of the plan may lack
 * @param name as in {@code FROM … AS name}, in lower case, or {@code stage-N}
 * @param location of its FROM
 * @param platform that its programs are for
 * @param steps all instructions behind FROM in their order, triggers of the base first
 * @param config of the stage's image, its base's included
 */
public record PlannedStage(
    int index,
    String name,
    Location location,
    StageBase base,
    Platform platform,
    List<PlannedStep> steps,
    ImageConfig config) {
  public PlannedStage {
    steps = List.copyOf(steps);
  }

  /** The stages whose files this one needs while it is built, its base included. */
  public Set<Integer> needs() {
    Set<Integer> needed = new LinkedHashSet<>();
    if (base instanceof StageBase.Stage(int baseIndex)) {
      needed.add(baseIndex);
    }
    for (PlannedStep planned : steps) {
      for (FilesFrom source : planned.step().filesFrom()) {
        if (source instanceof FilesFrom.Stage(int sourceIndex)) {
          needed.add(sourceIndex);
        }
      }
    }
    return needed;
  }
}
