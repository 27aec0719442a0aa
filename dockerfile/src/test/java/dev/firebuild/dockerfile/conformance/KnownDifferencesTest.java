package dev.firebuild.dockerfile.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.plan.UnsupportedFeatures;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code known-differences.txt} says which cases are not executed yet, or differ on purpose. */
class KnownDifferencesTest {
  private static final Map<String, String> LISTED =
      ListedCases.read(ConformanceCase.ROOT.resolve("known-differences.txt"));

  @Test
  void whatNeedsAnUnsupportedFeatureIsListed() {
    List<String> needing =
        ConformanceCase.all().stream()
            .filter(recorded -> recorded.error().isEmpty())
            .filter(KnownDifferencesTest::needsUnsupportedFeature)
            .map(ConformanceCase::name)
            .toList();

    assertThat(LISTED.keySet()).containsAll(needing);
  }

  @Test
  void nothingElseIsListedThanWhatIsNotExecutedOrShowsHowLayersAreStored() {
    Map<String, ConformanceCase> all =
        ConformanceCase.all().stream().collect(Collectors.toMap(ConformanceCase::name, one -> one));

    assertThat(LISTED.keySet()).isSubsetOf(all.keySet());
    assertThat(LISTED.keySet().stream().map(all::get))
        .allMatch(recorded ->
            needsUnsupportedFeature(recorded)
                || isOnlySeenInABuild(recorded)
                || recorded.settings().path("storageDependent").asBoolean(false));
  }

  private static boolean needsUnsupportedFeature(ConformanceCase recorded) {
    if (recorded.imagePlans().stream()
        .anyMatch(plan -> !UnsupportedFeatures.find(plan).isEmpty())) {
      return true;
    }
    try {
      return !UnsupportedFeatures.find(recorded.plan()).isEmpty();
    } catch (DockerfileException e) {
      return false;
    }
  }

  /** Servers, archives, and platforms that a request does not carry yet. */
  private static boolean isOnlySeenInABuild(ConformanceCase recorded) {
    return recorded.settings().has("needs")
        || recorded.settings().has("platform")
        || recorded.name().startsWith("add-tar");
  }
}
