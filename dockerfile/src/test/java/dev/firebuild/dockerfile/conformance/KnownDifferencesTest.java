package dev.firebuild.dockerfile.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.plan.UnsupportedFeatures;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code known-differences.txt} says of which cases and areas not everything is executed yet. */
class KnownDifferencesTest {
  private static final Set<String> EXECUTED_AREAS =
      Set.of(
          "arg",
          "changes",
          "copy",
          "copy-from",
          "dockerignore",
          "env",
          "heredoc",
          "metadata",
          "onbuild",
          "runtime",
          "shell",
          "stages",
          "substitution",
          "syntax",
          "user",
          "workdir");
  private static final String AREA = "area:";

  private static final Map<String, String> LISTED =
      ListedCases.read(ConformanceCase.ROOT.resolve("known-differences.txt"));

  @Test
  void allOtherAreasAreListedAsAWhole() {
    Set<String> areas =
        ConformanceCase.all().stream()
            .map(ConformanceCase::area)
            .filter(area -> !EXECUTED_AREAS.contains(area))
            .map(AREA::concat)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(LISTED.keySet().stream().filter(key -> key.startsWith(AREA)))
        .containsExactlyInAnyOrderElementsOf(areas);
  }

  @Test
  void ofExecutedAreasOnlyWhatNeedsAnUnsupportedFeatureOrShowsHowLayersAreStoredIsListed() {
    List<ConformanceCase> executed =
        ConformanceCase.all().stream()
            .filter(recorded -> EXECUTED_AREAS.contains(recorded.area()))
            .toList();
    List<String> needing =
        executed.stream()
            .filter(KnownDifferencesTest::needsUnsupportedFeature)
            .map(ConformanceCase::name)
            .toList();
    List<String> storage =
        executed.stream()
            .filter(recorded -> recorded.settings().path("storageDependent").asBoolean(false))
            .map(ConformanceCase::name)
            .toList();

    assertThat(LISTED.keySet().stream().filter(key -> !key.startsWith(AREA)))
        .containsAll(needing)
        .allMatch(key -> needing.contains(key) || storage.contains(key));
  }

  private static boolean needsUnsupportedFeature(ConformanceCase recorded) {
    try {
      return !UnsupportedFeatures.find(recorded.plan()).isEmpty();
    } catch (DockerfileException e) {
      return false;
    }
  }
}
