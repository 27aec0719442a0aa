package dev.firebuild.dockerfile.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.Position;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DockerfileChecksTest {
  private static void check(String... lines) throws DockerfileException {
    DockerfileChecks.check(
        String.join("\n", lines).getBytes(StandardCharsets.UTF_8), Plans.OPTIONS);
  }

  private static DockerfileException errorOf(String... lines) {
    return catchThrowableOfType(DockerfileException.class, () -> check(lines));
  }

  @Test
  void imagesNeedNotExist() {
    assertThatCode(() -> check("FROM anything:1", "RUN a")).doesNotThrowAnyException();
  }

  @Test
  void whatTheBaseImageMaySetIsNoMistake() {
    assertThatCode(() ->
            check(
                "FROM anything",
                "ENV A=\"${JAVA_HOME:?is needed}\" PORT=$SERVICE_PORT",
                "EXPOSE $PORT",
                "ARG MODE=${BASE_MODE}",
                "COPY --chmod=$MODE a /b",
                "VOLUME $DATA"))
        .doesNotThrowAnyException();
  }

  @Test
  void whatTheFileItselfSetsIsChecked() {
    assertThat(errorOf("FROM anything", "ENV PORT=http", "EXPOSE $PORT"))
        .hasMessageContaining("invalid containerPort: http");
    assertThat(errorOf("FROM scratch", "ENV A=\"${JAVA_HOME:?is needed}\""))
        .hasMessageContaining("is needed");
  }

  @Test
  void mistakesHaveALineAndAColumn() {
    assertThat(errorOf("FROM a", "RUN a", "COPY --form=x \\", " a b").position())
        .contains(new Position(3, 6));
    assertThat(errorOf("FROM a", "  FRM b").position()).contains(new Position(2, 3));
    assertThat(errorOf("FROM a", "EXPOSE 80 \\", "  http").position()).contains(new Position(3, 3));
  }

  @Test
  void targetsAndUnsupportedFeaturesAreChecked() {
    DockerfileException target =
        catchThrowableOfType(
            DockerfileException.class,
            () ->
                DockerfileChecks.check(
                    Plans.dockerfile("FROM a AS build"),
                    Plans.OPTIONS.withTarget(Optional.of("biuld"))));
    assertThat(target).hasMessageContaining("did you mean build?");
    assertThat(errorOf("FROM a", "COPY --link a /b")).hasMessageContaining("not supported");
  }
}
