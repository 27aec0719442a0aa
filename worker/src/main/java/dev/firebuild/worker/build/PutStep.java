package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.FileMode;
import dev.firebuild.dockerfile.plan.Owner;
import dev.firebuild.worker.build.CopyTree.Shape;
import dev.firebuild.worker.build.GuestFiles.RefusedException;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/** COPY and ADD of files of the context: they are on the input drive. */
final class PutStep {
  /** Mode of directories that are made on the way, before {@code --chmod}. */
  static final int DIRECTORY_MODE = 0755;

  private PutStep() {}

  static void execute(
      StepContext context,
      PreparedStep step,
      CopyTree tree,
      String destination,
      Optional<Owner> chown,
      Optional<FileMode> chmod)
      throws IOException, BuildFailedException {
    if (tree.shape() == Shape.NOTHING) {
      return;
    }
    InputDrive.Load load = Objects.requireNonNull(context.loads().get(step.number()));
    boolean known = chown.map(owner -> Owners.numbers(owner).isPresent()).orElse(true);
    try {
      GuestFiles files = context.vm().files();
      files.call(
          "put",
          destination,
          tree.shape().word(),
          tree.lastName(),
          Owners.inGuest(files, chown),
          Integer.toOctalString(directoryMode(chmod)),
          known ? "nothing" : "all",
          Integer.toString(StepContext.INPUT_DRIVE),
          load.lists().toString(),
          load.data().toString());
    } catch (RefusedException e) {
      throw context.refused(step.planned(), e);
    }
  }

  /** Mode of directories that are made on the way. */
  static int directoryMode(Optional<FileMode> chmod) {
    return chmod
        .map(change -> SymbolicMode.apply(change, DIRECTORY_MODE, true))
        .orElse(DIRECTORY_MODE);
  }
}
