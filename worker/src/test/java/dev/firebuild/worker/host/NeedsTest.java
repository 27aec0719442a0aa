package dev.firebuild.worker.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NeedsTest {
  private static final Digest ONE = new Digest("sha256:" + "1".repeat(64));
  private static final Digest TWO = new Digest("sha256:" + "2".repeat(64));

  @TempDir private Path directory;
  private Instant now = Instant.parse("2026-01-31T12:00:00Z");

  @Test
  void othersHearWhatAWorkerSaidLast() throws IOException {
    // Given
    Needs first = needs("kafka", "w1");
    Needs second = needs("kafka", "w2");

    first.state(Set.of(ONE));
    second.state(Set.of(TWO));

    assertThat(first.ofOthers()).containsExactly(TWO);
    assertThat(second.ofOthers()).containsExactly(ONE);
    first.state(Set.of());
    assertThat(second.ofOthers()).isEmpty();
  }

  @Test
  void workersOfOneNameInTwoInstallationsAreTwo() throws IOException {
    needs("kafka", "w1").state(Set.of(ONE));
    needs("another", "w1").state(Set.of(TWO));

    assertThat(needs("kafka", "w1").ofOthers()).containsExactly(TWO);
    assertThat(needs("another", "w1").ofOthers()).containsExactly(ONE);
  }

  @Test
  void aWorkerThatIsGoneForAWeekIsForgottenUnlessItsImagesAreKnownToItAlone() throws IOException {
    // Given
    needs("kafka", "w2").state(Set.of(ONE));
    needs("another", "w3").state(Set.of(TWO));

    now = now.plus(Duration.ofDays(7));
    assertThat(needs("kafka", "w1").ofOthers()).containsExactlyInAnyOrder(ONE, TWO);
    now = now.plus(Duration.ofDays(400));
    assertThat(needs("kafka", "w1").ofOthers()).containsExactly(TWO);
  }

  @Test
  void whatAWorkerNeedsThatCannotBeReadMayBeAnything() throws IOException {
    // Given
    needs("kafka", "w2").state(Set.of(ONE));
    Path file;
    try (var files = Files.newDirectoryStream(directory, "w2-*.json")) {
      file = files.iterator().next();
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));

    assertThatThrownBy(() -> needs("kafka", "w1").ofOthers())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("nothing is removed");
  }

  @Test
  void aWorkerThatWasKilledWhileItSpokeHasSaidWhatItSaidBefore() throws IOException {
    needs("kafka", "w2").state(Set.of(ONE));
    Files.writeString(directory.resolve("w2-0123456789abcdef.json.part"), "{\"own");

    assertThat(needs("kafka", "w1").ofOthers()).containsExactly(ONE);
  }

  private Needs needs(String installation, String worker) {
    return new Needs(directory, new Needs.Owner(installation, worker), () -> now);
  }
}
