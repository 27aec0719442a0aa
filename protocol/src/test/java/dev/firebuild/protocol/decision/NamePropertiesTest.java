package dev.firebuild.protocol.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Phase;
import org.junit.jupiter.api.Test;

/** Whatever the order of things, a name is one VM's. A failure names the seed that shows it. */
class NamePropertiesTest {
  private static final int SEEDS = 4000;

  @Test
  void neverHaveTwoVmsOneNameAndNobodyWaitsForever() {
    int granted = 0;
    int refused = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      // Given owners that read each other late and begin anew
      NameWorld world = new NameWorld(Readers.random(seed), true);
      // When VMs want the same name, end and are removed (one holder: asserted at every write)
      for (int i = 0; i < 40 + seed % 160; i++) {
        world.step();
      }
      world.settle();
      // Then everybody has an answer
      assertThat(world.vms.values())
          .as("seed %d", seed)
          .allMatch(vm -> vm.want().isEmpty(), "has an answer");
      granted += world.holders().size();
      refused +=
          (int)
              world.vms.values().stream()
                  .filter(vm -> vm.phase() == Phase.FAILED)
                  .filter(vm -> vm.assignment().isEmpty())
                  .count();
    }
    assertThat(granted).isGreaterThan(SEEDS / 4);
    assertThat(refused).isGreaterThan(SEEDS / 4);
  }

  @Test
  void aNameIsFreeWhenItsVmIsRemoved() {
    for (long seed = 0; seed < 100; seed++) {
      // Given a name that a VM had until it was removed
      NameWorld world = new NameWorld(Readers.random(seed), false);
      world.claim("v1");
      world.settle();
      VmDocument first = world.holders().getFirst();
      world.remove(first.id());
      // When another one, of another owner, wants it
      world.claim("v2");
      world.settle();
      // Then
      assertThat(world.holders())
          .as("seed %d", seed)
          .extracting(VmDocument::id)
          .containsExactly("v2");
    }
  }
}
