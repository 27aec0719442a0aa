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

  @Test
  void whatAnotherInstallationSaidOfAPrivateStoreWasThisWorkerItself() throws IOException {
    // Given what is left of another Kafka
    needs("former", "w1").state(Set.of(ONE));
    Needs worker = privately("kafka", "w1");

    now = now.plus(Duration.ofDays(7));
    assertThat(worker.ofOthers()).containsExactly(ONE);
    now = now.plusSeconds(1);

    assertThat(worker.ofOthers()).isEmpty();
    assertThat(needs("kafka", "w1").ofOthers()).isEmpty();
  }

  @Test
  void whatIsNeededOfASharedStoreIsKnownAWeekAfterTheFirstSaidSo() throws IOException {
    // Given
    Needs shared = needs("kafka", "w1");
    shared.state(Set.of());
    assertThat(shared.areKnown()).isFalse();

    // When others come meanwhile, or it itself again
    now = now.plus(Duration.ofDays(7)).minusSeconds(1);
    needs("another", "w2").state(Set.of(ONE));
    shared.state(Set.of());
    assertThat(needs("kafka", "w1").areKnown()).isFalse();
    now = now.plusSeconds(1);

    // Then the week is not a new one
    assertThat(needs("kafka", "w1").areKnown()).isTrue();
  }

  @Test
  void whatIsNeededOfAPrivateStoreIsKnownAtOnce() throws IOException {
    Needs alone = privately("kafka", "w1");
    alone.state(Set.of());

    assertThat(alone.areKnown()).isTrue();
  }

  @Test
  void nothingIsKnownWhenTheBeginningCannotBeRead() throws IOException {
    needs("kafka", "w1").state(Set.of());
    Path since = directory.resolve("since");
    Files.writeString(since, "yesterday");

    assertThatThrownBy(() -> needs("kafka", "w1").areKnown())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(since.toString())
        .hasMessageContaining("nothing is removed");
  }

  @Test
  void aStoreIsPrivateOnlyIfItReallyLiesInTheDataFolder() throws IOException {
    Path data = Files.createDirectories(directory.resolve("data"));
    Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
    Path linked = Files.createSymbolicLink(data.resolve("linked"), elsewhere);

    assertThat(Needs.Sharing.of(data.resolve("images"), data)).isEqualTo(Needs.Sharing.PRIVATE);
    assertThat(Needs.Sharing.of(elsewhere.resolve("images"), data)).isEqualTo(Needs.Sharing.SHARED);
    assertThat(Needs.Sharing.of(linked.resolve("images"), data)).isEqualTo(Needs.Sharing.SHARED);
    assertThat(Needs.Sharing.of(directory.resolve("database"), data))
        .isEqualTo(Needs.Sharing.SHARED);
  }

  private Needs needs(String installation, String worker) {
    return needs(installation, worker, Needs.Sharing.SHARED);
  }

  private Needs privately(String installation, String worker) {
    return needs(installation, worker, Needs.Sharing.PRIVATE);
  }

  private Needs needs(String installation, String worker, Needs.Sharing sharing) {
    return new Needs(directory, new Needs.Owner(installation, worker), sharing, () -> now);
  }
}
