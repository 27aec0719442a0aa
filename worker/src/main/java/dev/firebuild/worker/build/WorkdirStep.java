package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.Owner;
import dev.firebuild.dockerfile.plan.Step;
import dev.firebuild.worker.build.GuestFiles.RefusedException;
import java.io.IOException;
import java.util.Optional;

/** WORKDIR: a directory that is there from now on. */
final class WorkdirStep {
  private WorkdirStep() {}

  static void execute(StepContext context, PreparedStep step, Step.Workdir workdir)
      throws IOException, BuildFailedException {
    Optional<Owner> owner =
        workdir.user().isEmpty() ? Optional.empty() : Optional.of(Owner.parse(workdir.user()));
    try {
      GuestFiles files = context.vm().files();
      files.workdir(workdir.path(), Owners.inGuest(files, owner));
    } catch (RefusedException e) {
      throw context.refused(step.planned(), e);
    }
  }
}
