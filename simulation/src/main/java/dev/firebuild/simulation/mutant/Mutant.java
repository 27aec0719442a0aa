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
  /**
   * Whether it takes a hundred thousand schedules and more to notice: a request that is in the
   * queue before its attempt is announced harms only a reader that has believed a late end of the
   * former attempt, and then only if two workers claim the new one.
   */
  public boolean isRare() {
    return name.equals("request-first");
  }

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
