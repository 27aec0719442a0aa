package dev.firebuild.simulation.mutant;

import dev.firebuild.simulation.world.Parts;
import java.util.List;

/** Loops around the owner without one of their rules. */
final class LoopMutants {
  private LoopMutants() {}

  static List<Mutant> all() {
    return List.of(
        new Mutant(
            "no-fence",
            "a transaction carries the group's generation",
            new Parts() {
              @Override
              public boolean fences() {
                return false;
              }
            }),
        new Mutant(
            "documents-kept",
            "documents are read anew after a failed transaction",
            new Parts() {
              @Override
              public boolean beginsAnew() {
                return false;
              }
            }),
        new Mutant(
            "predecessor-ignored",
            "a new owner waits for the end of its predecessor's transaction",
            new Parts() {
              @Override
              public boolean awaitsPredecessor() {
                return false;
              }
            }),
        new Mutant(
            "queue-unwatched",
            "a request that the queue has dropped ends",
            new Parts() {
              @Override
              public boolean watchesQueues() {
                return false;
              }
            }));
  }
}
