package dev.firebuild.worker.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.worker.host.Needs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class KernelsTest {
  @TempDir Path root;
  private final List<KernelDocument> documents = new ArrayList<>();
  private Instant now = Instant.now();
  private KernelStore store;
  private Kernels kernels;
  private KernelCollector collector;

  @BeforeEach
  void open() {
    store = new KernelStore(root);
    kernels = new Kernels(store, () -> documents);
    collector = collector(Needs.Sharing.PRIVATE);
  }

  private KernelCollector collector(Needs.Sharing sharing) {
    return new KernelCollector(store, () -> documents, needs("here", sharing), () -> now);
  }

  @Test
  void theDefaultIsTheKernelThatWasImportedLast() throws IOException {
    // Given, in the other order in the store
    Kernel second = imported("b", "two");
    Kernel first = imported("a", "one");
    name(first, 1);
    name(second, 2);

    assertThat(kernels.find("default")).contains(second);
    assertThat(kernels.find("a")).contains(first);
  }

  @Test
  void aKernelOfThatVeryNameIsTheDefault() throws IOException {
    name(imported("default", "one"), 1);
    name(imported("b", "two"), 2);

    assertThat(kernels.find("default").orElseThrow().name()).isEqualTo("default");
  }

  @Test
  void aRemovedKernelIsBootedNoMoreAlthoughItIsInTheStore() throws IOException {
    // Given
    Kernel first = imported("a", "one");
    name(first, 1);
    name(imported("b", "two"), 2);

    // When
    documents.removeIf(kernel -> kernel.name().equals("b"));

    // Then
    assertThat(store.get("b")).isPresent();
    assertThat(kernels.find("b")).isEmpty();
    assertThat(kernels.absence("b")).contains("there is no kernel b").contains("kernel import");
    assertThat(kernels.find("default")).contains(first);
  }

  @Test
  void aKernelOfAnotherHostIsNoneOfThisOne() throws IOException {
    // Given
    Kernel here = imported("a", "one");
    name(here, 1);
    documents.add(
        new KernelDocument(
            "b", new Digest("sha256:" + "0".repeat(64)), "build", "w2", Instant.ofEpochSecond(2)));

    assertThat(kernels.find("default")).contains(here);
    assertThat(kernels.find("b")).isEmpty();
    assertThat(kernels.absence("b")).contains("w2");
  }

  @Test
  void whatWasRemovedLeavesTheStore() throws IOException {
    // Given
    Kernel kept = imported("a", "one");
    name(kept, 1);
    name(imported("b", "two"), 2);
    assertThat(collector.collect()).isEmpty();

    // When
    documents.removeIf(kernel -> kernel.name().equals("b"));
    collector.collect();

    // Then its name is gone, its files when no VM that is being started can need them
    assertThat(store.get("b")).isEmpty();
    assertThat(store.versions()).hasSize(2);
    now = now.plus(Duration.ofMinutes(11));
    collector.collect();
    assertThat(store.versions()).containsExactly(kept.directory());
    assertThat(kernels.find("default")).contains(kept);
  }

  @Test
  void theLastKernelLeavesTheStoreToo() throws IOException {
    name(imported("a", "one"), 1);
    collector.collect();
    documents.clear();

    collector.collect();
    now = now.plus(Duration.ofMinutes(11));
    collector.collect();

    assertThat(store.links()).isEmpty();
    assertThat(store.versions()).isEmpty();
  }

  @Test
  void aVersionThatAnImportHasReplacedLeavesTheStore() throws IOException {
    // Given
    name(imported("a", "one"), 1);
    Kernel second = imported("a", "two");

    // When the document still names the first
    collector.collect();
    now = now.plus(Duration.ofMinutes(11));
    collector.collect();

    // Then both stay
    assertThat(store.versions()).hasSize(2);
    assertThat(kernels.find("a").orElseThrow().digest()).isNotEqualTo(second.digest());

    // When it names the second
    documents.clear();
    name(second, 2);
    collector.collect();
    now = now.plus(Duration.ofMinutes(11));
    collector.collect();

    // Then
    assertThat(store.versions()).containsExactly(second.directory());
    assertThat(kernels.find("a")).contains(second);
  }

  @Test
  void whatHasNoDocumentYetStaysForADay() throws IOException {
    // Given
    name(imported("a", "one"), 1);
    imported("b", "two");

    now = now.plus(Duration.ofHours(23));
    collector.collect();
    assertThat(store.get("b")).isPresent();
    now = now.plus(Duration.ofHours(2));
    collector.collect();
    assertThat(store.get("b")).isEmpty();
  }

  @Test
  void nothingIsRemovedWhileNoKernelIsKnownAtAll() throws IOException {
    imported("a", "one");
    now = now.plus(Duration.ofDays(30));

    assertThat(collector.collect()).isEmpty();
    assertThat(store.get("a")).isPresent();
  }

  @Test
  void whatWorkersOfAnotherInstallationNeedStays() throws IOException {
    // Given a kernel that our documents do not know, one that they have replaced, and one of no use
    Kernel theirs = imported("theirs", "one");
    Kernel replaced = imported("a", "two");
    name(imported("a", "three"), 1);
    imported("none", "four");
    needs("elsewhere", Needs.Sharing.SHARED).state(Set.of(theirs.digest(), replaced.digest()));

    // When
    collector = collector(Needs.Sharing.SHARED);
    now = now.plus(Duration.ofDays(8));
    collector.collect();
    now = now.plus(Duration.ofDays(30));
    collector.collect();

    // Then
    assertThat(store.get("theirs")).contains(theirs);
    assertThat(replaced.directory()).exists();
    assertThat(store.get("a")).isPresent();
    assertThat(store.get("none")).isEmpty();
    assertThat(store.versions()).hasSize(3);
  }

  @Test
  void aRootThatWasSharedBeforeNeedsWereSaidKeepsAllUntilTheOthersHaveSaidTheirs()
      throws IOException {
    // Given a kernel of an installation that was not started since
    Kernel theirs = imported("theirs", "one");
    name(imported("a", "two"), 1);
    collector = collector(Needs.Sharing.SHARED);
    collector.state();

    // When
    now = now.plus(Duration.ofDays(6));
    assertThat(collector.collect()).isEmpty();
    now = now.plus(Duration.ofDays(1)).minusSeconds(1);
    assertThat(collector.collect()).isEmpty();
    now = now.plusSeconds(1);

    // Then
    assertThat(collector.collect()).hasSize(1);
    assertThat(store.get("theirs")).isEmpty();
    assertThat(theirs.directory()).exists();
  }

  @Test
  void whatIsNeededIsSaidWithoutACollection() throws IOException {
    Kernel kernel = imported("a", "one");
    name(kernel, 1);
    imported("none", "two");
    now = now.plus(Duration.ofDays(2));

    collector.state();

    assertThat(needs("elsewhere", Needs.Sharing.SHARED).ofOthers())
        .containsExactly(kernel.digest());
    assertThat(store.get("none")).isPresent();
  }

  private Needs needs(String installation, Needs.Sharing sharing) {
    return new Needs(store.needs(), new Needs.Owner(installation, "w1"), sharing, () -> now);
  }

  @Test
  void whatAKilledImportLeftGoesAfterADay() throws IOException {
    // Given
    name(imported("a", "one"), 1);
    Path left = Files.createDirectories(root.resolve(".versions/partial123/tree"));
    Files.writeString(left.resolve("vmlinuz"), "half");

    collector.collect();
    assertThat(left).exists();
    now = now.plus(Duration.ofDays(1)).plusSeconds(60);
    collector.collect();

    assertThat(root.resolve(".versions/partial123")).doesNotExist();
    assertThat(kernels.find("a")).isPresent();
  }

  private Kernel imported(String name, String content) throws IOException {
    byte[] elf = ("\u007fELF" + content).getBytes(StandardCharsets.ISO_8859_1);
    return store.importFrom(name, new ByteArrayInputStream(elf));
  }

  private void name(Kernel kernel, int second) {
    documents.add(
        new KernelDocument(
            kernel.name(), kernel.digest(), "build", "w1", Instant.ofEpochSecond(second)));
  }
}
