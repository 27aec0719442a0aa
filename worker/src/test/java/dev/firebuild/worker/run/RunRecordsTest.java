package dev.firebuild.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.PortMapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecordsTest {
  private static final String INSTANCE = "i0123456789abcdefghi";
  private static final RunRecord RECORD =
      RunRecord.of("vm", INSTANCE, 2, new Digest("sha256:" + "a".repeat(64)))
          .withRunning(
              new VmEvent.Running(
                  "w", "h", "qemu-tcg", 7, "10.0.2.100", 24, List.of(PortMapping.parse("80:81"))));

  @TempDir Path root;

  @SuppressWarnings("NullAway.Init")
  private RunLayout layout;

  @SuppressWarnings("NullAway.Init")
  private RunRecords records;

  @BeforeEach
  void open() {
    layout = new RunLayout(root.resolve("runs"));
    records = new RunRecords(layout);
  }

  @Test
  void aRecordIsReadAsItWasWritten() throws Exception {
    records.write(RECORD);
    RunRecord ended =
        RECORD.withEnded(new RunState.Exited(new VmEvent.Exited(Optional.of(9), "exited")));
    records.write(ended);

    assertThat(records.read(INSTANCE)).contains(ended);
    assertThat(records.instances()).containsExactly(INSTANCE);
  }

  @Test
  void nothingIsThereBeforeTheFirstRun() throws Exception {
    assertThat(records.instances()).isEmpty();
    assertThat(records.read(INSTANCE)).isEmpty();
    records.delete(INSTANCE);
  }

  @Test
  void deletingLeavesNothing() throws Exception {
    // Given
    records.write(RECORD);
    Files.writeString(layout.upper(INSTANCE), "disk");
    Files.writeString(layout.console(INSTANCE), "console");

    // When
    records.delete(INSTANCE);

    // Then
    assertThat(layout.directory(INSTANCE)).doesNotExist();
    assertThat(records.instances()).isEmpty();
  }

  @Test
  void aDamagedRecordIsARunWithoutRecord() throws Exception {
    records.write(RECORD);
    Files.writeString(layout.record(INSTANCE), "{\"vm\":");

    assertThat(records.read(INSTANCE)).isEmpty();
    assertThat(records.instances()).containsExactly(INSTANCE);
  }

  @Test
  void onlyInstancesBecomePaths() {
    assertThatThrownBy(() -> layout.directory("../../../../../../etc"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void thePositionSurvivesItsProcess() throws Exception {
    Path file = root.resolve("position");
    try (OutputPosition position = OutputPosition.open(file)) {
      assertThat(position.read()).isZero();
      position.write(70_000);
      position.write(65_536L << 20);
    }

    try (OutputPosition position = OutputPosition.open(file)) {
      assertThat(position.read()).isEqualTo(65_536L << 20);
    }
  }
}
