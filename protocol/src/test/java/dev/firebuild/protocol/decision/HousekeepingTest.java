package dev.firebuild.protocol.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.request.RunRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HousekeepingTest {
  private static final Instant END = Instant.ofEpochSecond(1000);
  private static final Instant LATER = END.plusSeconds(1);
  private static final RunRequest RUN =
      Json.read("{\"image\":\"a\"}".getBytes(StandardCharsets.UTF_8), RunRequest.class);

  @Test
  void whatEndedLongAgoIsForgotten() {
    assertThat(Housekeeping.isForgettable(build(), LATER)).isTrue();
    assertThat(Housekeeping.isForgettable(vm(VmDocument.Phase.REMOVED), LATER)).isTrue();
    assertThat(Housekeeping.isForgettable(vm(VmDocument.Phase.FAILED), LATER)).isTrue();
  }

  @Test
  void whatEndedJustNowIsKept() {
    assertThat(Housekeeping.isForgettable(build(), END)).isFalse();
  }

  @Test
  void whatIsStillToBeSaidIsKept() {
    assertThat(
            Housekeeping.isForgettable(
                build().withOutbox(List.of(new OutboxEntry.Terminal())), LATER))
        .isFalse();
  }

  @Test
  void anEndedVmIsKeptUntilItIsRemoved() {
    assertThat(Housekeeping.isForgettable(vm(VmDocument.Phase.EXITED), LATER)).isFalse();
    assertThat(Housekeeping.isForgettable(VmDocument.queued("v", RUN, 1, END), LATER)).isFalse();
  }

  private static BuildDocument build() {
    return BuildDocument.queued("b", BuildWorld.request(), 1, Instant.EPOCH)
        .settled(BuildDocument.Phase.CANCELLED, Optional.empty(), Optional.empty(), END);
  }

  private static VmDocument vm(VmDocument.Phase phase) {
    return VmDocument.queued("v", RUN, 1, Instant.EPOCH)
        .settled(phase, Optional.empty(), Optional.empty(), Optional.empty(), END);
  }
}
