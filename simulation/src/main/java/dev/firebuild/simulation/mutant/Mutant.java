package dev.firebuild.simulation.mutant;

import dev.firebuild.simulation.world.Parts;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Firebuild without one of its rules.
 *
 * @param without the rule that is switched off
 */
public record Mutant(String name, String without, Parts parts) {
  /** All of them. */
  public static List<Mutant> all() {
    return Stream.of(RuleMutants.all(), OwnerMutants.all(), LoopMutants.all())
        .flatMap(List::stream)
        .toList();
  }

  public static Optional<Mutant> named(String name) {
    return all().stream().filter(one -> one.name().equals(name)).findFirst();
  }
}
