package dev.firebuild.worker.build;

import dev.firebuild.worker.image.Manifest.Layer;
import dev.firebuild.worker.image.Manifest.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files of a stage after one of its steps.
 *
 * @param id drawn anew whenever a step is executed; what follows is found by it
 * @param below layers under the stage's own, bottom first
 * @param own the stage's own layer, once it is published; before, the step cache has its disk
 * @param provenance of the files above {@code below}
 */
record StepResult(
    String id, List<Layer> below, Optional<Layer> own, Optional<Provenance> provenance) {
  StepResult {
    below = List.copyOf(below);
  }

  /** What a stage begins with: no files of its own. */
  static StepResult base(String id, List<Layer> layers, Optional<Provenance> provenance) {
    return new StepResult(id, layers, Optional.empty(), provenance);
  }

  /** The same files as what another stage begins with. */
  StepResult asBase() {
    return base(id, layers(), provenance);
  }

  /** All layers, bottom first. */
  List<Layer> layers() {
    List<Layer> layers = new ArrayList<>(below);
    own.ifPresent(layers::add);
    return layers;
  }

  /** The same files with their disk published as {@code layer}. */
  StepResult withOwn(Layer layer) {
    return new StepResult(id, below, Optional.of(layer), provenance);
  }
}
