package dev.firebuild.protocol.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.VmEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever the order of things, the rules hold. A failure names the seed that shows it. */
class VmPropertiesTest {
  private static final int SEEDS = 3000;

  @Test
  void everyInterleavingEndsOnceAndAllReadersAgreeWithTheDocument() {
    for (long seed = 0; seed < SEEDS; seed++) {
      // Given a world in which everything comes late, twice or not at all
      VmWorld world = new VmWorld(Readers.random(seed));
      int steps = 20 + (int) (seed % 150);
      // When it runs for a while, then comes to rest
      for (int i = 0; i < steps; i++) {
        world.step();
      }
      world.drain();
      // Then (it only goes forward, wishes only rise: asserted at every write)
      VmDocument end = world.document.orElseThrow();
      List<Event> once = Readers.read(world.log, false, seed);
      assertThat(once).as("seed %d: readers", seed).isEqualTo(Readers.read(world.log, true, seed));
      assertThat(ends(once)).as("seed %d: %s", seed, world.log).isEqualTo(end.phase());
      Readers.assertOneInstancePerAttempt(seed, once);
    }
  }

  private static VmDocument.Phase ends(List<Event> believed) {
    EventData last =
        believed.stream()
            .map(Event::data)
            .filter(SubjectFold::isTerminal)
            .reduce((_, later) -> later)
            .orElseThrow();
    return switch (last) {
      case VmEvent.Exited _ -> VmDocument.Phase.EXITED;
      case VmEvent.Failed _, VmEvent.Rejected _ -> VmDocument.Phase.FAILED;
      case VmEvent.Removed _ -> VmDocument.Phase.REMOVED;
      default -> throw new AssertionError(last);
    };
  }
}
