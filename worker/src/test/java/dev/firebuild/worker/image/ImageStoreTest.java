package dev.firebuild.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.dockerfile.HealthCheck;
import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.image.Manifest.Layer;
import dev.firebuild.worker.image.Manifest.Provenance;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreTest {
  private static final long SIZE = 1 << 20;
  private static final Instant PAST = Instant.EPOCH;
  private static final Instant FUTURE = Instant.parse("2200-01-01T00:00:00Z");

  @TempDir private Path directory;
  private ImageStore store;

  @BeforeEach
  void open() throws IOException {
    store = ImageStore.open(root());
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  @Test
  void anImageIsReadBackAsItWasPublished() throws IOException {
    // Given
    Layer layer = publishLayer(1);
    ImageConfig config =
        new ImageConfig(
            List.of("A=b c", "EMPTY="),
            List.of("/bin/app"),
            List.of(),
            "app:staff",
            "/w",
            new TreeSet<>(Set.of("80/tcp")),
            new TreeSet<>(Set.of("/data/")),
            Map.of("k", "v"),
            "SIGINT",
            List.of("/bin/bash", "-c"),
            Optional.of(
                new HealthCheck(
                    List.of("CMD-SHELL", "true"),
                    Duration.ofSeconds(3),
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO,
                    4)),
            List.of("RUN x"),
            "somebody");
    Manifest manifest = manifest(config, layer);

    // When
    Digest digest = store.publish(manifest);

    // Then
    assertThat(store.manifest(digest)).isEqualTo(manifest);
    assertThat(store.manifest(digest).imageConfig()).isEqualTo(config);
    assertThat(Files.readString(root().resolve("manifests").resolve(digest.hex() + ".json")))
        .contains("\"ExposedPorts\":{\"80/tcp\":{}}")
        .contains("\"Interval\":3000000000")
        .doesNotContain("\"Cmd\"");
    assertThat(store.verifyOrPutAside(layer.digest())).isTrue();
  }

  @Test
  void theLaterOfTwoEqualPublicationsDropsItsCopy() throws IOException {
    // Given
    Layer first = publishLayer(1);
    Object inode = inode(first);

    // When another process publishes the same
    try (ImageStore other = ImageStore.open(root())) {
      Layer second = other.publishLayer(Disks.clean(directory.resolve("disk"), SIZE, 1));

      // Then
      assertThat(second).isEqualTo(first);
      assertThat(inode(first)).isEqualTo(inode);
      assertThat(directory.resolve("disk")).doesNotExist();
    }
  }

  @Test
  void aDiskThatWasNotLeftInOrderIsNoLayer() throws IOException {
    Path dirty = Disks.write(directory.resolve("disk"), SIZE, 1, Disks.CLEAN, Disks.NEEDS_RECOVERY);
    Path error = Disks.write(directory.resolve("error"), SIZE, 1, Disks.CLEAN | 2, 0);
    Path random = Files.writeString(directory.resolve("random"), "x".repeat(4096));

    assertThatThrownBy(() -> store.publishLayer(dirty)).hasMessageContaining("did not unmount");
    assertThatThrownBy(() -> store.publishLayer(error)).hasMessageContaining("did not unmount");
    assertThatThrownBy(() -> store.publishLayer(random)).hasMessageContaining("no ext4");
    assertThat(root().resolve("layers")).isEmptyDirectory();
  }

  @Test
  void aFileSystemLargerThanItsDiskIsNoLayer() throws IOException {
    Path disk = Disks.clean(directory.resolve("disk"), SIZE, 1);
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(SIZE / 2);
    }

    assertThatThrownBy(() -> store.publishLayer(disk)).isInstanceOf(ImageException.class);
  }

  @Test
  void aManifestNeedsItsLayers() {
    Layer missing = new Layer(new Digest("sha256:" + "0".repeat(64)), SIZE);

    assertThatThrownBy(() -> store.publish(manifest(ImageConfig.EMPTY, missing)))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.code()).isEqualTo(FailureCode.NOT_FOUND));
  }

  @Test
  void aDamagedManifestIsFound() throws IOException {
    // Given
    Layer layer = publishLayer(1);
    Manifest manifest = manifest(ImageConfig.EMPTY, layer);
    Digest digest = store.publish(manifest);

    // When
    change(root().resolve("manifests").resolve(digest.hex() + ".json"), 30);

    // Then
    assertThatThrownBy(() -> store.manifest(digest)).hasMessageContaining("damaged");
  }

  @Test
  void aDamagedLayerIsPutAsideAndCanBePublishedAgain() throws IOException {
    // Given
    Layer layer = publishLayer(1);
    change(store.layer(layer), SIZE / 2);

    // When
    boolean whole = store.verifyOrPutAside(layer.digest());

    // Then
    assertThat(whole).isFalse();
    assertThat(store.has(layer)).isFalse();
    assertThat(list(root().resolve("damaged"))).hasSize(1);
    assertThat(publishLayer(1)).isEqualTo(layer);
    assertThat(store.verifyOrPutAside(layer.digest())).isTrue();
  }

  @Test
  void whatADeadProcessLeftIsRemovedAndALivingOneKeepsItsFiles() throws IOException {
    // Given a process that died in the middle of a publication
    Path dead = Files.createDirectories(root().resolve("work").resolve("dead"));
    Files.createFile(dead.resolve("lock"));
    Files.writeString(dead.resolve("f0"), "half a layer");
    Files.createDirectories(root().resolve("work").resolve("not-even-locked"));
    List<Path> living = list(root().resolve("work"));

    // When
    try (ImageStore other = ImageStore.open(root())) {
      // Then
      assertThat(dead).doesNotExist();
      assertThat(list(root().resolve("work"))).hasSize(living.size() - 2 + 1);
      assertThat(other.manifests()).isEmpty();
      assertThat(publishLayer(3)).isNotNull();
    }
  }

  @Test
  void whatNobodyNeedsIsCollected() throws IOException {
    // Given
    Layer shared = publishLayer(1);
    Layer own = publishLayer(2);
    Layer cached = publishLayer(3);
    Digest kept = store.publish(manifest(ImageConfig.EMPTY, shared));
    Digest dropped = store.publish(manifest(ImageConfig.EMPTY, shared, own));

    // When
    ImageCollector.Removed removed =
        store.collector().collect(Set.of(kept), Set.of(cached.digest()), FUTURE);

    // Then
    assertThat(removed.manifests()).containsExactly(dropped);
    assertThat(removed.layers()).containsExactly(own.digest());
    assertThat(store.has(shared)).isTrue();
    assertThat(store.has(cached)).isTrue();
  }

  @Test
  void aDamagedManifestStopsNoCollection() throws IOException {
    // Given
    Layer only = publishLayer(1);
    Layer read = publishLayer(2);
    Layer free = publishLayer(3);
    Manifest content = manifest(ImageConfig.EMPTY, only);
    Digest damaged = store.publish(content);
    Digest readable = store.publish(manifest(ImageConfig.EMPTY, read));
    Digest unneeded = store.publish(manifest(ImageConfig.EMPTY, free));
    change(root().resolve("manifests").resolve(damaged.hex() + ".json"), 3);

    // When
    ImageCollector.Removed removed =
        store.collector().collect(Set.of(damaged, readable), Set.of(), FUTURE);

    // Then what may be the damaged one's stays, the rest goes on
    assertThat(removed.manifests()).containsExactly(unneeded);
    assertThat(removed.layers()).isEmpty();
    assertThat(store.manifests()).containsExactly(readable);
    assertThat(list(root().resolve("damaged"))).hasSize(1);
    assertThatThrownBy(() -> store.manifest(damaged)).hasMessageContaining("is damaged");
    assertThatThrownBy(() -> store.pins().pin(damaged, "vm1")).hasMessageContaining("is damaged");

    // When it is made again
    assertThat(store.publish(content)).isEqualTo(damaged);
    removed = store.collector().collect(Set.of(damaged, readable), Set.of(), FUTURE);

    // Then
    assertThat(store.manifest(damaged)).isEqualTo(content);
    assertThat(list(root().resolve("damaged"))).isEmpty();
    assertThat(removed.layers()).containsExactly(free.digest());
    assertThat(store.has(only)).isTrue();
    assertThat(store.has(read)).isTrue();
  }

  @Test
  void theLayersOfADamagedManifestGoWhenNobodyNeedsItAnyMore() throws IOException {
    // Given
    Layer layer = publishLayer(1);
    Digest damaged = store.publish(manifest(ImageConfig.EMPTY, layer));
    change(root().resolve("manifests").resolve(damaged.hex() + ".json"), 3);
    assertThat(store.collector().collect(Set.of(damaged), Set.of(), FUTURE).layers()).isEmpty();

    // Then
    assertThat(collect(PAST).layers()).isEmpty();
    assertThat(collect(FUTURE).layers()).containsExactly(layer.digest());
    assertThat(list(root().resolve("damaged"))).isEmpty();
  }

  @Test
  void aDamagedManifestIsReplacedByTheSameImage() throws IOException {
    Manifest content = manifest(ImageConfig.EMPTY, publishLayer(1));
    Digest digest = store.publish(content);
    change(root().resolve("manifests").resolve(digest.hex() + ".json"), 3);

    assertThat(store.publish(content)).isEqualTo(digest);

    assertThat(store.manifest(digest)).isEqualTo(content);
  }

  @Test
  void pinnedAndYoungImagesStay() throws IOException {
    // Given
    Digest digest = store.publish(manifest(ImageConfig.EMPTY, publishLayer(1)));
    try (ImageStore other = ImageStore.open(root())) {
      other.pins().pin(digest, "vm1");
      other.pins().pin(digest, "vm2");
      other.pins().unpin(digest, "vm1");
    }

    // Then
    assertThat(collect(FUTURE).manifests()).isEmpty();
    store.pins().unpin(digest, "vm2");
    assertThat(collect(PAST).manifests()).isEmpty();
    assertThat(collect(FUTURE).manifests()).containsExactly(digest);
    assertThatThrownBy(() -> store.pins().pin(digest, "vm3")).isInstanceOf(ImageException.class);
  }

  @Test
  void aRepeatedPublicationIsYoung() throws IOException {
    // Given a layer that no image has
    publishLayer(1);
    Instant between = Instant.now();

    // When
    Layer again = publishLayer(1);

    // Then
    assertThat(collect(between).layers()).isEmpty();
    assertThat(store.has(again)).isTrue();
  }

  @Test
  void ownersOfPinsCannotLeaveTheStore() throws IOException {
    Digest digest = store.publish(manifest(ImageConfig.EMPTY, publishLayer(1)));

    assertThatThrownBy(() -> store.pins().pin(digest, "../../x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private ImageCollector.Removed collect(Instant before) throws IOException {
    return store.collector().collect(Set.of(), Set.of(), before);
  }

  private Layer publishLayer(int marker) throws IOException {
    return store.publishLayer(Disks.clean(directory.resolve("disk" + marker), SIZE, marker));
  }

  private static Manifest manifest(ImageConfig config, Layer... layers) {
    return Manifest.of(
        "linux", "amd64", config, List.of(layers), new Provenance("b1", "inline", "default"));
  }

  private static void change(Path file, long offset) throws IOException {
    assertThat(file.toFile().setWritable(true)).isTrue();
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(offset);
      access.write('!');
    }
  }

  private Object inode(Layer layer) throws IOException {
    return Files.getAttribute(store.layer(layer), "unix:ino");
  }

  private static List<Path> list(Path parent) throws IOException {
    try (var files = Files.list(parent)) {
      return files.toList();
    }
  }

  private Path root() {
    return directory.resolve("images");
  }
}
