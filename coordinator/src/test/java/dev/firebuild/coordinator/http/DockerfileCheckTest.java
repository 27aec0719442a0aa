package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.protocol.resource.ProblemException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DockerfileCheckTest {
  private static final String TEXT = "ARG BASE=scratch\nFROM ${BASE} AS one\nENV A=1\n";

  private final DockerfileCheck check = new DockerfileCheck();

  @Test
  void whatWasGoodOnceIsJudgedAnewForOtherArgumentsAndTargets() {
    // Given
    check.check(TEXT, request(Optional.empty(), Map.of()));
    check.check(TEXT, request(Optional.of("one"), Map.of("BASE", "debian")));

    // Then
    for (int times = 0; times < 2; times++) {
      assertThatCode(() -> check.check(TEXT, request(Optional.empty(), Map.of())))
          .doesNotThrowAnyException();
      assertThatThrownBy(() -> check.check(TEXT, request(Optional.empty(), Map.of("BASE", ""))))
          .isInstanceOf(ProblemException.class);
      assertThatThrownBy(() -> check.check(TEXT, request(Optional.of("two"), Map.of())))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("two");
      assertThatThrownBy(() -> check.check(TEXT + "NOTHING\n", request(Optional.empty(), Map.of())))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("NOTHING");
    }
  }

  private static BuildRequest request(Optional<String> target, Map<String, String> arguments) {
    BuildRequest request = BuildRequest.of("web", new Source.Inline(TEXT));
    return new BuildRequest(
        request.id(),
        request.tag(),
        request.source(),
        target,
        arguments,
        request.labels(),
        request.noCache(),
        request.timeoutSeconds(),
        request.cpu(),
        request.mem(),
        request.kernel(),
        request.retryOf());
  }
}
