package dev.firebuild.dockerfile.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.dockerfile.plan.BuildPlan;
import dev.firebuild.dockerfile.plan.BuildPlanner;
import dev.firebuild.dockerfile.plan.PlanOptions;
import dev.firebuild.dockerfile.plan.Platform;
import dev.firebuild.dockerfile.stage.Dockerfile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BuildChecksTest {
  private static BuildPlan plan(String... lines) throws DockerfileException {
    return BuildPlanner.plan(
        Dockerfile.parse(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)),
        PlanOptions.on(Platform.LINUX_AMD64),
        _ -> Optional.of(ImageConfig.EMPTY));
  }

  private static List<String> rules(String... lines) throws DockerfileException {
    return plan(lines).warnings().stream()
        .map(w -> w.rule().title() + " " + w.location().firstLine())
        .sorted()
        .toList();
  }

  @Test
  void aCleanFileHasNoWarnings() throws DockerfileException {
    assertThat(
            rules(
                "ARG V=1",
                "FROM a:$V AS build",
                "ARG V X",
                "ENV A=$V PUBLIC_KEY=x",
                "WORKDIR /w",
                "WORKDIR x",
                "COPY a$X /b",
                "EXPOSE 80/tcp",
                "CMD [\"a\"]"))
        .isEmpty();
  }

  @Test
  void everyRuleFindsItsLine() throws DockerfileException {
    assertThat(
            rules(
                "FROM a as Build",
                "FROM a AS build",
                "FROM --platform=linux/amd64 a AS context",
                "MAINTAINER me",
                "run a \\",
                "",
                "  b",
                "ENV A b",
                "ARG DB_PASSWORD",
                "WORKDIR w",
                "LABEL a=$NONE",
                "EXPOSE 1:80/TCP",
                "CMD a",
                "CMD [\"b\"]"))
        .containsExactly(
            "ConsistentInstructionCasing 5",
            "DuplicateStageName 2",
            "ExposeInvalidFormat 12",
            "ExposeProtoCasing 12",
            "FromAsCasing 1",
            "FromPlatformFlagConstDisallowed 3",
            "JSONArgsRecommended 13",
            "LegacyKeyValueFormat 8",
            "MaintainerDeprecated 4",
            "MultipleInstructionsDisallowed 13",
            "NoEmptyContinuation 5",
            "ReservedStageName 3",
            "SecretsUsedInArgOrEnv 9",
            "StageNameCasing 1",
            "UndefinedVar 11",
            "WorkdirRelativePath 10");
  }

  @Test
  void rulesCanBeSkippedForTheFileOrOneInstruction() throws DockerfileException {
    assertThat(rules("# check=skip=FromAsCasing,JSONArgsRecommended", "FROM a as b", "CMD a"))
        .isEmpty();
    assertThat(rules("# check=skip=all", "FROM a as b", "MAINTAINER c")).isEmpty();
    assertThat(rules("FROM a", "# check=skip=UndefinedVar", "ENV A=$B", "ENV C=$B"))
        .containsExactly("UndefinedVar 4");
  }

  @Test
  void theFileCanMakeWarningsFatal() {
    assertThatThrownBy(() -> plan("# check=error=true", "FROM a as b"))
        .isInstanceOf(DockerfileException.class)
        .hasMessageContaining("FromAsCasing");
    assertThatThrownBy(() -> plan("# check=eror=true", "FROM a"))
        .hasMessageContaining("invalid check option");
    assertThatThrownBy(() -> plan("# check=error=maybe", "FROM a"))
        .hasMessageContaining("expected true or false");
  }
}
