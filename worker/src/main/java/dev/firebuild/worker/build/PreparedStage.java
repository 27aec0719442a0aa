package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.PlannedStage;
import java.util.List;

/**
 * A stage with what its steps take from the context.
 *
 * @param steps those that change files
 */
record PreparedStage(PlannedStage planned, List<PreparedStep> steps) {
  PreparedStage {
    steps = List.copyOf(steps);
  }

  int index() {
    return planned.index();
  }
}
