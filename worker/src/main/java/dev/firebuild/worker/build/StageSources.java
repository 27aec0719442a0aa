package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.FilesFrom;
import dev.firebuild.worker.image.Manifest.Layer;
import java.util.List;
import java.util.Optional;

/** The files that stages begin with and copy from, as far as they are known or built by now. */
interface StageSources {
  /** The result that {@code from} stands for; empty while its stage must be built first. */
  Optional<String> result(FilesFrom from);

  /** Its layers, bottom first, all published. */
  List<Layer> layers(FilesFrom from);
}
