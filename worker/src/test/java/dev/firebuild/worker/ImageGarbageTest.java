package dev.firebuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.worker.host.Needs;
import dev.firebuild.worker.image.Disks;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.image.Manifest.Layer;
import dev.firebuild.worker.image.Manifest.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that share a root of images, each as a process would: with a store of its own. */
class ImageGarbageTest {
  private static final Duration KEEP = Duration.ofHours(5);

  @TempDir private Path directory;
  private Instant now = Instant.now();

  /** One worker's view of the root. */
  private final class Sharer implements AutoCloseable {
    private final ImageStore store = ImageStore.open(directory.resolve("root"));
    private final List<ImageDocument> documents = new ArrayList<>();
    private final Set<Digest> cached = new HashSet<>();
    private final ImageGarbage garbage;

    private Sharer(String installation, String worker) throws IOException {
      this(installation, worker, Needs.Sharing.SHARED);
    }

    private Sharer(String installation, String worker, Needs.Sharing sharing) throws IOException {
      Needs.Owner owner = new Needs.Owner(installation, worker);
      garbage =
          new ImageGarbage(
              store,
              () -> documents,
              () -> cached,
              new Needs(store.needs(), owner, sharing, () -> now),
              KEEP,
              () -> now);
    }

    private Layer layer(int marker) throws IOException {
      return store.publishLayer(Disks.clean(directory.resolve("disk" + marker), 1 << 20, marker));
    }

    /** Publishes an image of {@code layer}; no reference means it. */
    private Digest image(Layer layer) throws IOException {
      return store.publish(
          Manifest.of(
              "linux",
              "amd64",
              ImageConfig.EMPTY,
              List.of(layer),
              new Provenance("b1", "inline", "default")));
    }

    private Digest tagged(String reference, Layer layer) throws IOException {
      Digest image = image(layer);
      documents.add(
          new ImageDocument(
              reference,
              new ImageSummary(image, List.of(layer.digest()), 1, "b1", "w1"),
              Instant.EPOCH));
      return image;
    }

    @Override
    public void close() throws IOException {
      store.close();
    }
  }

  private Sharer alone() throws IOException {
    return new Sharer("kafka", "w1", Needs.Sharing.PRIVATE);
  }

  @Test
  void whatNobodyNeedsGoesAfterTheTimeThatWasSet() throws IOException {
    try (Sharer worker = alone()) {
      // Given
      Digest kept = worker.tagged("kept", worker.layer(1));
      worker.image(worker.layer(2));

      now = now.plus(KEEP).minusSeconds(60);
      worker.garbage.collect();
      assertThat(worker.store.manifests()).hasSize(2);
      now = now.plusSeconds(120);
      worker.garbage.collect();

      assertThat(worker.store.manifests()).containsExactly(kept);
      assertThat(worker.store.layers()).hasSize(1);
    }
  }

  @Test
  void whatTheStepCacheOfAnotherWorkerNeedsStaysAsLongAsThatIsThere() throws IOException {
    try (Sharer first = new Sharer("kafka", "w1");
        Sharer second = new Sharer("kafka", "w2")) {
      // Given a root that has been shared for long
      first.garbage.state();
      now = now.plus(Duration.ofDays(7));
      first.tagged("kept", first.layer(1));
      Layer cached = second.layer(2);
      second.cached.add(cached.digest());
      second.garbage.state();

      // When, also while the second is away
      now = now.plus(Duration.ofDays(6));
      first.garbage.collect();

      // Then
      assertThat(first.store.has(cached)).isTrue();
      now = now.plus(Duration.ofDays(2));
      first.garbage.collect();
      assertThat(first.store.has(cached)).isFalse();
    }
  }

  @Test
  void aRootThatWasSharedBeforeNeedsWereSaidKeepsAllUntilTheOthersHaveSaidTheirs()
      throws IOException {
    try (Sharer ours = new Sharer("kafka", "w1");
        Sharer theirs = new Sharer("another", "w1")) {
      // Given images of an installation that was not started since
      Digest image = theirs.tagged("theirs", theirs.layer(2));
      ours.tagged("kept", ours.layer(1));
      Digest garbage = ours.image(ours.layer(3));

      // When
      ours.garbage.state();
      now = now.plus(Duration.ofDays(6));
      ours.garbage.collect();
      assertThat(ours.store.manifests()).contains(image, garbage);
      theirs.garbage.state();
      now = now.plus(Duration.ofDays(1));
      ours.garbage.collect();

      // Then
      assertThat(ours.store.manifests()).contains(image).doesNotContain(garbage);
    }
  }

  @Test
  void imagesOfAKafkaThatWasReplacedLeaveAPrivateRoot() throws IOException {
    try (Sharer before = new Sharer("former", "w1", Needs.Sharing.PRIVATE)) {
      before.tagged("old", before.layer(2));
      before.garbage.state();
    }
    try (Sharer worker = alone()) {
      Digest kept = worker.tagged("kept", worker.layer(1));
      now = now.plus(Duration.ofDays(6));
      worker.garbage.collect();
      assertThat(worker.store.manifests()).hasSize(2);

      now = now.plus(Duration.ofDays(2));
      worker.garbage.collect();

      assertThat(worker.store.manifests()).containsExactly(kept);
    }
  }

  @Test
  void imagesOfAnotherInstallationStayHoweverLongItIsAway() throws IOException {
    try (Sharer ours = new Sharer("kafka", "w1");
        Sharer theirs = new Sharer("another", "w1")) {
      // Given images that only their documents name
      ours.tagged("kept", ours.layer(1));
      Digest image = theirs.tagged("theirs", theirs.layer(2));
      theirs.garbage.state();

      now = now.plus(Duration.ofDays(100));
      ours.garbage.collect();

      assertThat(ours.store.layers(ours.store.manifest(image))).hasSize(1);

      // When they need it no more and say so
      theirs.documents.clear();
      theirs.garbage.collect();
      ours.garbage.collect();

      // Then
      assertThat(ours.store.manifests()).doesNotContain(image);
      assertThat(ours.store.layers()).hasSize(1);
    }
  }

  @Test
  void nothingGoesWhileAWorkersNeedsCannotBeRead() throws IOException {
    try (Sharer worker = new Sharer("kafka", "w1")) {
      worker.tagged("kept", worker.layer(1));
      Digest image = worker.image(worker.layer(2));
      worker.garbage.state();
      Files.writeString(worker.store.needs().resolve("w2-0.json"), "{");
      now = now.plus(Duration.ofDays(100));

      assertThatThrownBy(worker.garbage::collect).hasMessageContaining("w2-0.json");
      assertThat(worker.store.manifests()).contains(image);
    }
  }

  @Test
  void aCollectionThatWasKilledHalfWayIsFinishedByTheNext() throws IOException {
    try (Sharer worker = alone()) {
      // Given a collector that removed a manifest and none of its layers
      Digest kept = worker.tagged("kept", worker.layer(1));
      Digest gone = worker.image(worker.layer(2));
      Files.delete(directory.resolve("root/manifests").resolve(gone.hex() + ".json"));

      now = now.plus(Duration.ofDays(1));
      worker.garbage.collect();

      assertThat(worker.store.layers())
          .containsExactly(worker.store.manifest(kept).layers().getFirst().digest());
    }
  }
}
