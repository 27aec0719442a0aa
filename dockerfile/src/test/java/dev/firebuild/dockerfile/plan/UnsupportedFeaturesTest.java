package dev.firebuild.dockerfile.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.dockerfile.CaseTable;
import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.Location;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnsupportedFeaturesTest {
  static List<CaseTable.Row> instructions() {
    return CaseTable.read("plan/unsupported.txt");
  }

  @ParameterizedTest
  @MethodSource("instructions")
  void saysWhatIsNotExecuted(CaseTable.Row row) throws DockerfileException {
    BuildPlan plan = Plans.plan("FROM base AS first", "FROM base", row.input());

    List<UnsupportedFeatures.Use> uses = UnsupportedFeatures.find(plan);

    if (row.outcome().isEmpty()) {
      assertThat(uses).isEmpty();
      UnsupportedFeatures.check(plan);
    } else {
      assertThat(uses).hasSize(1);
      assertThat(uses.getFirst().message()).contains(row.outcome());
      assertThat(uses.getFirst().location().firstLine()).isEqualTo(3);
      assertThatThrownBy(() -> UnsupportedFeatures.check(plan))
          .isInstanceOf(DockerfileException.class)
          .hasMessageContaining(row.outcome());
    }
  }

  @Test
  void aForeignPlatformIsNotExecuted() throws DockerfileException {
    assertThat(UnsupportedFeatures.find(Plans.plan("FROM --platform=linux/arm64 base")))
        .containsExactly(
            new UnsupportedFeatures.Use(
                Location.line(1),
                "the platform linux/arm64 on a worker for linux/amd64 is not supported by this"
                    + " version of firebuild yet"));
    assertThat(UnsupportedFeatures.find(Plans.plan("FROM --platform=$BUILDPLATFORM base")))
        .isEmpty();
  }

  @Test
  void stagesThatNothingNeedsDoNotCount() throws DockerfileException {
    assertThat(UnsupportedFeatures.find(Plans.plan("FROM base", "COPY --link a /b", "FROM base")))
        .isEmpty();
  }
}
