package dev.firebuild.worker.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.worker.host.HostLayout;
import dev.firebuild.worker.host.MachineLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalTest {
  private static final String ID = "m0123456789abcdefghi";

  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(strings = {"", "\0\0\0\0", "{\"id\": \"m", "{\"network\": \"unknown\"}"})
  void whatNobodyCanReadIsAsIfItWereNotWritten(String written) throws Exception {
    // Given
    HostLayout layout = new HostLayout(root);
    Journal journal = new Journal(layout);
    MachineLayout files = journal.open(ID);
    Files.writeString(files.journal(), written);

    // Then
    assertThat(journal.ids()).containsExactly(ID);
    assertThat(journal.read(ID)).isEmpty();
  }

  @Test
  void ofWhatIsClosedNothingIsLeft() throws Exception {
    // Given
    HostLayout layout = new HostLayout(root);
    Journal journal = new Journal(layout);
    Files.writeString(journal.open(ID).journal(), "unreadable");

    // When
    Holdings.release(ID, journal.read(ID), Optional.empty(), journal);

    // Then
    assertThat(journal.ids()).isEmpty();
    assertThat(layout.machine(ID).directory()).doesNotExist();
  }
}
