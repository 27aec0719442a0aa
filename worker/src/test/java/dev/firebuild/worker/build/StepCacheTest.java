package dev.firebuild.worker.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.worker.image.ImageException;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.image.Manifest.Layer;
import dev.firebuild.worker.image.Manifest.Provenance;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepCacheTest {
  private static final String KEY = "a".repeat(64);
  private static final String OTHER = "b".repeat(64);
  private static final int SIZE = 1 << 20;

  private final AtomicLong seconds = new AtomicLong();

  @TempDir private Path directory;
  private ImageStore images;
  private StepCache cache;

  @BeforeEach
  void open() throws IOException {
    images = ImageStore.open(directory.resolve("images"));
    cache = openCache();
  }

  @AfterEach
  void close() throws IOException {
    images.close();
  }

  @Test
  void aResultIsFoundWithItsDisk() throws IOException {
    // Given
    StepResult result = result("r1");
    cache.copy(result, disk("upper")).keep(KEY);

    // When
    Optional<StepResult> found = openCache().find(KEY);
    Path copy = directory.resolve("copy");

    // Then
    assertThat(found).contains(result);
    cache.copyDisk(KEY, found.orElseThrow(), copy);
    assertThat(Files.size(copy)).isEqualTo(SIZE);
    assertThat(cache.find(OTHER)).isEmpty();
  }

  @Test
  void aDiskBecomesALayerOnce() throws IOException {
    // Given
    StepResult result = result("r1");
    cache.copy(result, disk("upper")).keep(KEY);

    // When two builds publish it
    StepResult first = cache.publish(KEY, result);
    StepResult second = cache.publish(KEY, result);

    // Then
    assertThat(first.own()).isPresent();
    assertThat(second).isEqualTo(first);
    assertThat(cache.find(KEY)).contains(first);
    assertThat(cache.layers()).containsExactly(first.own().orElseThrow().digest());
  }

  @Test
  void aBuildGoesOnAfterAStepThatAnotherHasPublishedMeanwhile() throws IOException {
    // Given a build that has found a step, and another that makes its disk a layer
    cache.copy(result("r1"), disk("upper")).keep(KEY);
    StepResult found = cache.find(KEY).orElseThrow();
    cache.publish(KEY, found);

    // When
    Path copy = directory.resolve("copy");
    cache.copyDisk(KEY, found, copy);

    // Then it has the step's files, and nothing else is left
    assertThat(copy).hasSameBinaryContentAs(disk("again"));
    assertThat(directory.resolve("steps/disks")).isEmptyDirectory();
  }

  @Test
  void aBuildDoesNotGoOnWithoutTheDiskOfTheStepBefore() throws IOException {
    // Given a step that is forgotten after a build has found it
    cache.copy(result("r1"), disk("upper")).keep(KEY);
    StepResult found = cache.find(KEY).orElseThrow();
    cache.shrink(0);

    // When / Then
    assertThatThrownBy(() -> cache.copyDisk(KEY, found, directory.resolve("copy")))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("submit the build again");
    assertThat(directory.resolve("copy")).doesNotExist();
  }

  @Test
  void aResultWhoseLayerOrDiskIsGoneIsNotKnown() throws IOException {
    Layer layer = images.publishLayer(disk("base"));
    cache.put(KEY, StepResult.base("r1", List.of(layer), Optional.empty()).withOwn(layer));
    assertThat(cache.find(KEY)).isPresent();

    try (var layers = Files.newDirectoryStream(directory.resolve("images/layers"))) {
      for (Path file : layers) {
        Files.delete(file);
      }
    }

    assertThat(cache.find(KEY)).isEmpty();
  }

  @Test
  void aDamagedRecordIsNotKnown() throws IOException {
    cache.copy(result("r1"), disk("upper")).keep(KEY);
    Files.writeString(directory.resolve("steps/records").resolve(KEY + ".json"), "{");

    assertThat(cache.find(KEY)).isEmpty();
  }

  @Test
  void aCopyCountsOnceItIsKept() throws IOException {
    StepCache.Copy copy = cache.copy(result("r1"), disk("upper"));
    assertThat(cache.find(KEY)).isEmpty();

    copy.keep(KEY);
    assertThat(cache.find(KEY)).isPresent();
  }

  @Test
  void nothingIsLeftOfACopyThatCannotBeKept() throws IOException {
    StepCache.Copy copy = cache.copy(result("r1"), disk("upper"));

    // no step key
    assertThatThrownBy(() -> copy.keep("x")).isInstanceOf(IllegalArgumentException.class);
    assertThat(directory.resolve("steps/disks/r1.part")).doesNotExist();
    assertThat(cache.find(KEY)).isEmpty();
  }

  @Test
  void theLongestUnusedResultsGoFirst() throws IOException {
    // Given
    cache.copy(result("r1"), disk("one")).keep(KEY);
    cache.copy(result("r2"), disk("two")).keep(OTHER);
    seconds.set(Instant.parse("2100-01-01T00:00:00Z").getEpochSecond());
    cache.find(KEY);

    // When there is room for one
    cache.shrink(4096);

    // Then
    assertThat(cache.find(KEY)).isPresent();
    assertThat(cache.find(OTHER)).isEmpty();
    assertThat(directory.resolve("steps/disks/r2.ext4")).doesNotExist();
  }

  @Test
  void whatACrashLeftIsRemoved() throws IOException {
    // Given
    Path disks = directory.resolve("steps/disks");
    Files.writeString(disks.resolve("half.part"), "x");
    Files.writeString(disks.resolve("nobodys.ext4"), "x");

    // When
    openCache().shrink(Long.MAX_VALUE);

    // Then
    assertThat(disks).isEmptyDirectory();
  }

  private StepCache openCache() throws IOException {
    return new StepCache(
        directory.resolve("steps"), images, () -> Instant.ofEpochSecond(seconds.get()));
  }

  private static StepResult result(String id) {
    return new StepResult(
        id, List.of(), Optional.empty(), Optional.of(new Provenance("b", "inline", "k")));
  }

  /** A sparse file that begins like a clean ext4 file system. */
  private Path disk(String name) throws IOException {
    Path file = directory.resolve(name);
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      disk.setLength(SIZE);
      disk.seek(1024 + 0x4);
      disk.write(new byte[] {0, 1, 0, 0});
      disk.seek(1024 + 0x18);
      disk.write(2);
      disk.seek(1024 + 0x38);
      disk.write(new byte[] {0x53, (byte) 0xef, 1, 0});
    }
    return file;
  }
}
