package dev.firebuild.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.simulation.mutant.Mutant;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Without one of its rules firebuild does not pass. */
class MutationTest {
  /** Most are found within hundreds; the rarest needs several thousands. */
  private static final long MOST = 150_000;

  @TestFactory
  Stream<DynamicTest> everyRuleIsNeeded() {
    return Mutant.all().stream()
        .map(mutant ->
            DynamicTest.dynamicTest(
                mutant.name() + ": " + mutant.without(),
                () ->
                    assertThat(
                            new Schedules(mutant.parts())
                                .many(MOST, 1, number -> number, () -> false)
                                .failed())
                        .isNotEmpty()));
  }
}
