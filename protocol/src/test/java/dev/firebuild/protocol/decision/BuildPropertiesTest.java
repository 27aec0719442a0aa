package dev.firebuild.protocol.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whatever the order of things, the rules hold. A failure names the seed that shows it. */
class BuildPropertiesTest {
  private static final int SEEDS = 3000;

  @Test
  void everyInterleavingEndsOnceAndAllReadersAgreeWithTheDocument() {
    for (long seed = 0; seed < SEEDS; seed++) {
      // Given a world in which everything comes late, twice or not at all
      BuildWorld world = new BuildWorld(Readers.random(seed));
      int steps = 20 + (int) (seed % 150);
      // When it runs for a while, then comes to rest
      for (int i = 0; i < steps; i++) {
        world.step();
      }
      world.drain();
      // Then (settled never changes, attempts only rise: asserted at every write)
      BuildDocument end = world.document.orElseThrow();
      List<Event> once = Readers.read(world.log, false, seed);
      assertThat(once).as("seed %d: readers", seed).isEqualTo(Readers.read(world.log, true, seed));
      assertThat(ends(once)).as("seed %d: %s", seed, once).isEqualTo(phase(end));
      Readers.assertOneInstancePerAttempt(seed, once);
    }
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
}
