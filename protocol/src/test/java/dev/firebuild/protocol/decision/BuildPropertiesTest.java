package dev.firebuild.protocol.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Whatever the order of things, the rules hold. A failure names the seed that shows it. */
class BuildPropertiesTest {
  private static final int SEEDS = 3000;

  @Test
  void everyInterleavingEndsOnceAndAllReadersAgreeWithTheDocument() {
    for (long seed = 0; seed < SEEDS; seed++) {
      // Given a world in which everything comes late, twice or not at all
      BuildWorld world = new BuildWorld(random(seed));
      int steps = 20 + (int) (seed % 150);
      // When it runs for a while, then comes to rest
      for (int i = 0; i < steps; i++) {
        world.step();
      }
      world.drain();
      // Then (settled never changes, attempts only rise: asserted at every write)
      BuildDocument end = world.document.orElseThrow();
      List<Event> once = read(world.log, false, seed);
      assertThat(once).as("seed %d: readers", seed).isEqualTo(read(world.log, true, seed));
      assertThat(ends(once)).as("seed %d: %s", seed, once).isEqualTo(phase(end));
      assertOneInstancePerAttempt(seed, once);
    }
  }

  /** What a reader believes; {@code twice}: every record is delivered a second time later. */
  private static List<Event> read(List<Event> log, boolean twice, long seed) {
    SubjectFold fold = SubjectFold.fresh();
    List<Event> believed = new ArrayList<>();
    for (int i = 0; i < log.size(); i++) {
      if (fold.accept(log.get(i))) {
        believed.add(log.get(i));
      }
      if (twice && i % 3 == 2) {
        for (int j = i - 2; j <= i; j++) {
          assertThat(fold.accept(log.get(j))).isFalse();
        }
      }
    }
    assertThat(fold.isSettled()).as("seed %d: %s", seed, log).isTrue();
    return believed;
  }

  private static void assertOneInstancePerAttempt(long seed, List<Event> believed) {
    Map<Integer, Set<String>> workers = new HashMap<>();
    for (Event event : believed) {
      if (!event.instance().equals(OwnerEvents.INSTANCE)) {
        workers.computeIfAbsent(event.attempt(), _ -> new HashSet<>()).add(event.instance());
      }
    }
    assertThat(workers.values()).as("seed %d", seed).allMatch(one -> one.size() == 1);
  }

  private static BuildDocument.Phase ends(List<Event> believed) {
    EventData last =
        believed.stream()
            .map(Event::data)
            .filter(SubjectFold::isTerminal)
            .reduce((_, later) -> later)
            .orElseThrow();
    return switch (last) {
      case BuildEvent.Succeeded _ -> BuildDocument.Phase.SUCCEEDED;
      case BuildEvent.Failed _ -> BuildDocument.Phase.FAILED;
      case BuildEvent.Cancelled _ -> BuildDocument.Phase.CANCELLED;
      default -> throw new AssertionError(last);
    };
  }

  private static BuildDocument.Phase phase(BuildDocument document) {
    return Optional.of(document.phase()).filter(BuildDocument.Phase::isSettled).orElseThrow();
  }

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
