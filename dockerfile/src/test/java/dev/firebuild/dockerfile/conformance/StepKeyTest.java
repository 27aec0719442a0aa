package dev.firebuild.dockerfile.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.plan.FilesFrom;
import dev.firebuild.dockerfile.plan.PlannedStage;
import dev.firebuild.dockerfile.plan.PlannedStep;
import dev.firebuild.dockerfile.plan.Step;
import dev.firebuild.dockerfile.plan.StepKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Over all steps of all cases: a key stands for one step, and a step has one key. */
class StepKeyTest {
  private static Stream<Step> steps(ConformanceCase recorded) {
    try {
      return recorded.plan().stages().stream()
          .map(PlannedStage::steps)
          .flatMap(List::stream)
          .map(PlannedStep::step);
    } catch (DockerfileException e) {
      return Stream.empty();
    }
  }

  /** Which stage or image is meant is not in the key. */
  private static boolean isSelfContained(Step step) {
    return step.filesFrom().stream()
        .noneMatch(from -> from instanceof FilesFrom.Stage || from instanceof FilesFrom.Image);
  }

  @Test
  void differentStepsHaveDifferentKeys() {
    Map<String, Step> byKey = new HashMap<>();
    Set<Step> distinct = new HashSet<>();
    ConformanceCase.all().stream()
        .flatMap(StepKeyTest::steps)
        .filter(StepKeyTest::isSelfContained)
        .filter(distinct::add)
        .forEach(step -> assertThat(byKey.put(StepKey.of(step), step)).as("%s", step).isNull());

    assertThat(distinct).hasSizeGreaterThan(500);
  }

  @Test
  void theSameStepOfAnotherPlanHasTheSameKey() {
    for (ConformanceCase recorded : ConformanceCase.all()) {
      assertThat(steps(recorded).map(StepKey::of))
          .as(recorded.name())
          .containsExactlyElementsOf(steps(recorded).map(StepKey::of).toList());
    }
  }
}
