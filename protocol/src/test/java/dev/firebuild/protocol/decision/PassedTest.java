package dev.firebuild.protocol.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.request.Source;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is lost when the queue has passed a request. */
class PassedTest {
  private static final Instant NOW = Instant.EPOCH;

  private final BuildDocument build =
      BuildDocument.queued("b1", BuildRequest.of("t", new Source.Inline("FROM scratch")), 2, NOW);
  private final VmDocument vm =
      Rules.STANDARD
          .vms()
          .unclaimed("v1", RunRequest.of("i", Optional.empty(), false).withId("v1"), 2, NOW);

  @Test
  void whatWaitsForThisAttemptIsLost() {
    assertThat(Rules.STANDARD.builds().passed(build, 2, NOW))
        .map(BuildDocument::phase)
        .contains(BuildDocument.Phase.FAILED);
    assertThat(Rules.STANDARD.vms().passed(vm, 2, NOW))
        .map(VmDocument::phase)
        .contains(VmDocument.Phase.FAILED);
  }

  @Test
  void whatWaitsForALaterAttemptIsNot() {
    // Given requests of the first attempt, and those of the second that are not written yet
    assertThat(Rules.STANDARD.builds().passed(build, 1, NOW)).isEmpty();
    assertThat(Rules.STANDARD.vms().passed(vm, 1, NOW)).isEmpty();
  }
}
