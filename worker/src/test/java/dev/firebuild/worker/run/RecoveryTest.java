package dev.firebuild.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.Assignment;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Phase;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.RunRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class RecoveryTest {
  private static final String INSTANCE = "i0123456789abcdefghi";
  private static final VmEvent.Running RUNNING =
      new VmEvent.Running("w", "h", "qemu-tcg", 7, "10.0.2.100", 24, List.of());

  /**
   * @param record {@code none}, {@code written}, {@code running}, {@code exited}, {@code failed}
   * @param adoptable whether the machine lives
   */
  @ParameterizedTest(name = "{0} · record {1} · machine lives {2} → {3}")
  @CsvFileSource(resources = "recovery.csv", useHeadersInDisplayName = false, numLinesToSkip = 1)
  void whatALaterWorkerDoes(Phase phase, String record, boolean adoptable, String decision) {
    // Given
    VmDocument document = document(phase);

    // When
    Recovery recovery = Recovery.of(document, record(record), adoptable);

    // Then
    assertThat(name(recovery)).isEqualTo(decision);
  }

  private static String name(Recovery recovery) {
    return switch (recovery) {
      case Recovery.Adopt adopt -> adopt.told() ? "adopt" : "adopt and tell";
      case Recovery.Tell(RunState.Exited exited) -> "tell " + exited.event().reason();
      case Recovery.Tell(RunState.Failed failed) -> "tell " + failed.event().failure().code();
      case Recovery.Hold(RunState.Exited exited) -> "hold " + exited.event().reason();
      case Recovery.Hold(RunState.Failed failed) -> "hold " + failed.event().failure().code();
      case Recovery.Drop() -> "drop";
    };
  }

  private static Optional<RunRecord> record(String kind) {
    RunRecord written = RunRecord.of("vm", INSTANCE, 1, new Digest("sha256:" + "0".repeat(64)));
    RunRecord running = written.withRunning(RUNNING);
    return switch (kind) {
      case "none" -> Optional.empty();
      case "written" -> Optional.of(written);
      case "running" -> Optional.of(running);
      case "exited" ->
          Optional.of(
              running.withEnded(
                  new RunState.Exited(new VmEvent.Exited(Optional.of(3), "powered-off"))));
      case "failed" ->
          Optional.of(
              running.withEnded(
                  new RunState.Failed(
                      new VmEvent.Failed(Failure.of(FailureCode.GUEST_PANIC, "panic")))));
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static VmDocument document(Phase phase) {
    RunRequest request =
        Json.read(
            "{\"id\": \"vm\", \"image\": \"x\"}".getBytes(StandardCharsets.UTF_8),
            RunRequest.class);
    boolean ran = phase.compareTo(Phase.RUNNING) >= 0;
    return new VmDocument(
        "vm",
        request,
        phase,
        1,
        Optional.of(
            new Assignment(
                INSTANCE,
                new Claim("t", 0, 0, "w", "incarnation", Optional.empty(), Optional.empty()))),
        VmDocument.Desired.RUN,
        true,
        ran ? Optional.of(RUNNING) : Optional.empty(),
        phase == Phase.EXITED ? Optional.of(0) : Optional.empty(),
        phase == Phase.EXITED ? Optional.of("stopped") : Optional.empty(),
        phase == Phase.FAILED ? Optional.of(Failure.of(FailureCode.HOST, "no")) : Optional.empty(),
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }
}
