package dev.firebuild.dockerfile.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.conformance.ConformanceCase.ExpectedError;
import dev.firebuild.dockerfile.pattern.IgnoreRules;
import dev.firebuild.dockerfile.pattern.PatternException;
import dev.firebuild.dockerfile.plan.BuildPlan;
import dev.firebuild.dockerfile.plan.DockerfileChecks;
import dev.firebuild.dockerfile.plan.PlannedStep;
import dev.firebuild.dockerfile.plan.UnsupportedFeatures;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All recorded cases, as far as the front end decides: the configuration of the image, the errors
 * of parsing and planning, and the names of steps that fail.
 */
class ConformanceTest {
  private static final Map<String, String> FOUND_ELSEWHERE =
      ListedCases.read(Path.of("src/test/resources/conformance/found-elsewhere.txt"));

  static List<ConformanceCase> cases() {
    return ConformanceCase.all();
  }

  @Test
  void allCasesAreThere() {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(616);
    assertThat(cases()).extracting(ConformanceCase::name).containsAll(FOUND_ELSEWHERE.keySet());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void frontEndAgrees(ConformanceCase recorded) throws Exception {
    Optional<ExpectedError> error = recorded.error();
    if (error.isEmpty()) {
      succeeds(recorded);
    } else if (error.get().phase().equals("step")) {
      failsLater(recorded, error.get());
    } else {
      fails(recorded, error.get());
    }
  }

  private static void succeeds(ConformanceCase recorded) throws Exception {
    if (recorded.ignoreFile().isPresent()) {
      IgnoreRules.parse(recorded.ignoreFile().get());
    }

    BuildPlan plan = recorded.plan();

    assertThat(ConfigJson.write(plan.config()))
        .as(recorded.name())
        .isEqualTo(ConfigJson.plain(recorded.expected().path("config")));
  }

  /** Without images nothing may be refused that builds with them. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void checksWithoutImagesRefuseNothingThatBuilds(ConformanceCase recorded) throws Exception {
    Optional<DockerfileException> refused = refusedWithoutImages(recorded);

    if (recorded.error().map(error -> error.phase().equals("step")).orElse(true)) {
      refused.ifPresent(
          e -> assertThat(e).as(recorded.name()).hasMessageContaining("not supported by this"));
      // what the triggers of an image do shows with the image only
      if (recorded.settings().path("images").isMissingNode()
          && !UnsupportedFeatures.find(recorded.plan()).isEmpty()) {
        assertThat(refused).as(recorded.name()).isPresent();
      }
    }
  }

  private static Optional<DockerfileException> refusedWithoutImages(ConformanceCase recorded) {
    try {
      DockerfileChecks.check(recorded.parse(), recorded.options());
      return Optional.empty();
    } catch (DockerfileException e) {
      return Optional.of(e);
    }
  }

  private static void failsLater(ConformanceCase recorded, ExpectedError expected)
      throws DockerfileException {
    BuildPlan plan = recorded.plan();

    List<PlannedStep> steps = plan.stages().stream().flatMap(s -> s.steps().stream()).toList();
    if (expected.step().isPresent()) {
      assertThat(steps).extracting(PlannedStep::name).contains(expected.step().get());
      PlannedStep step =
          steps.stream()
              .filter(s -> s.name().equals(expected.step().get()))
              .findFirst()
              .orElseThrow();
      if (!expected.lines().isEmpty()) {
        assertThat(step.location().firstLine()).isEqualTo(expected.lines().iterator().next());
        assertThat(step.location().lastLine())
            .isEqualTo(step.location().firstLine() + expected.lines().size() - 1);
      }
    }
  }

  private static void fails(ConformanceCase recorded, ExpectedError expected) {
    Optional<DockerfileException> error = error(recorded);

    if (FOUND_ELSEWHERE.containsKey(recorded.name())) {
      assertThat(error).as("listed as found elsewhere, but found here").isEmpty();
      return;
    }
    assertThat(error)
        .as("%s: an error in the phase %s", recorded.name(), expected.phase())
        .isPresent();
    DockerfileException found = error.orElseThrow();
    if (expected.phase().equals("parse")) {
      assertThat(found.phase()).isEqualTo(Phase.PARSE);
    }
    if (!expected.lines().isEmpty() && recorded.comparesLines()) {
      assertThat(ConformanceCase.lines(found)).as(found.describe()).isEqualTo(expected.lines());
    }
    recorded
        .errorHint()
        .ifPresent(hint -> assertThat(found.getMessage()).containsIgnoringCase(hint));
  }

  /** An ignore file is read before anything is planned. */
  private static Optional<DockerfileException> error(ConformanceCase recorded) {
    try {
      recorded.parse();
      if (recorded.ignoreFile().isPresent()) {
        IgnoreRules.parse(recorded.ignoreFile().get());
      }
      recorded.plan();
      return Optional.empty();
    } catch (DockerfileException e) {
      return Optional.of(e);
    } catch (PatternException e) {
      return Optional.of(DockerfileException.nowhere(Phase.PLAN, String.valueOf(e.getMessage())));
    }
  }
}
