package dev.firebuild.coordinator.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.BuildDocument.Phase;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.request.BuildRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnclaimedTest {
  private static final String TOPIC = Topics.DEFAULT.buildRequests();
  private static final BuildRequest REQUEST =
      Json.read(
          "{\"id\": \"b1\", \"tag\": \"t\", \"source\": {\"dockerfile\": \"FROM scratch\"}}"
              .getBytes(StandardCharsets.UTF_8),
          BuildRequest.class);

  private final Unclaimed unclaimed = new Unclaimed();

  @Test
  void aRequestThatTheQueueHasPassedTwiceIsLost() {
    unclaimed.add(request(7));
    assertThat(unclaimed.passed(TOPIC, 8)).isEmpty();
    assertThat(unclaimed.passed(TOPIC, 8)).extracting(Work::id).containsExactly("b1");
    assertThat(unclaimed.needed(TOPIC)).isEqualTo(7);
  }

  @Test
  void aRequestThatIsReadAfterItsDocumentIsNotInTheQueue() {
    // Given a coordinator that starts and reads the documents first
    unclaimed.told(succeeded());

    // When
    unclaimed.add(request(7));

    // Then nobody takes it for lost, and its record can be deleted
    assertThat(unclaimed.build("b1")).isEmpty();
    unclaimed.passed(TOPIC, 8);
    assertThat(unclaimed.passed(TOPIC, 8)).isEmpty();
    assertThat(unclaimed.needed(TOPIC)).isEqualTo(8);
  }

  @Test
  void whatIsNotReadYetIsNeeded() {
    // Given a queue that has already passed what is still to be read
    unclaimed.told(succeeded());
    unclaimed.add(request(7));
    unclaimed.passed(TOPIC, 20);

    // Then
    assertThat(unclaimed.needed(TOPIC)).isEqualTo(8);
  }

  @Test
  void anIdIsFreeAgainWhenItsDocumentIsForgotten() {
    unclaimed.told(succeeded());
    unclaimed.forgotten(BuildDocument.key("b1"));
    unclaimed.add(request(7));
    assertThat(unclaimed.build("b1")).isPresent();
  }

  private static BuildDocument succeeded() {
    return queued().settled(Phase.SUCCEEDED, Optional.empty(), Optional.empty(), Instant.EPOCH);
  }

  private static BuildDocument queued() {
    return BuildDocument.queued("b1", REQUEST, 1, Instant.EPOCH);
  }

  private static News.Queued request(long offset) {
    return new News.Queued(TOPIC, offset, queued());
  }
}
