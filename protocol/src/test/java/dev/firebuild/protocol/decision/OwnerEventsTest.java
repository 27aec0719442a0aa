package dev.firebuild.protocol.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnerEventsTest {
  private static final Instant NOW = Instant.EPOCH;

  @Test
  void theEndOfAVmIsSaidAlsoIfItIsRemovedBeforeThat() {
    // Given a VM that is stopped in the queue and removed before the outbox has said anything
    VmDecisions rules = Rules.STANDARD.vms();
    VmDocument queued = rules.unclaimed("v1", RunRequest.of("i", Optional.empty(), false), 1, NOW);
    VmDocument stopped =
        rules.command(Optional.of(queued), Optional.empty(), new Command.Kill(), NOW).orElseThrow();
    VmDocument removed =
        rules
            .command(Optional.of(stopped), Optional.empty(), Command.Remove.vm(false), NOW)
            .orElseThrow();
    assertThat(removed.phase()).isEqualTo(VmDocument.Phase.REMOVED);

    // When
    List<Event> said =
        removed.outbox().stream()
            .flatMap(entry -> OwnerEvents.of(removed, entry, "c1", NOW).stream())
            .toList();

    // Then a reader knows how it ended
    assertThat(said)
        .extracting(Event::data)
        .containsExactly(new VmEvent.Exited(Optional.empty(), "killed"), new VmEvent.Removed());
    SubjectFold reader = SubjectFold.fresh();
    assertThat(said).allMatch(reader::accept);
  }
}
