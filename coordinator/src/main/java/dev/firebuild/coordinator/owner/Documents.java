package dev.firebuild.coordinator.owner;

import dev.firebuild.protocol.decision.Housekeeping;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.document.WorkerDocument;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** The documents of the owned partitions, with the changes that are not stored yet. */
public final class Documents {
  /** Beside its value a record has its key, of a few hundred bytes, and what Kafka adds. */
  private static final int OVERHEAD = 1024;

  private final ToIntFunction<String> partitions;
  private final Function<Document, byte[]> encoder;
  private final int limit;
  private final Map<Integer, Map<String, Document>> owned = new HashMap<>();

  /** What may need an action without a new input: assigned work, and what has an outbox. */
  private final Map<String, Work> live = new LinkedHashMap<>();

  /** Looked at several times a second, beside everything that is kept. */
  private final Map<String, WorkerDocument> workers = new LinkedHashMap<>();

  private final Map<String, Write> changes = new LinkedHashMap<>();

  /**
   * @param partitions where the events of a subject lie
   * @param encoder makes the value of a document's record
   * @param limit the most bytes of a record
   */
  public Documents(
      ToIntFunction<String> partitions, Function<Document, byte[]> encoder, int limit) {
    this.partitions = partitions;
    this.encoder = encoder;
    this.limit = limit - OVERHEAD;
  }

  void assigned(int partition, Collection<Document> documents) {
    Map<String, Document> own = new HashMap<>();
    documents.forEach(document -> own.put(document.key(), document));
    owned.put(partition, own);
    documents.forEach(this::index);
  }

  void revoked(Set<Integer> gone) {
    owned.keySet().removeAll(gone);
    live.values().removeIf(work -> gone.contains(partitionOf(work.id())));
    workers.values().removeIf(worker -> gone.contains(partitionOf(worker.id())));
    changes.clear();
  }

  int partitionOf(String subject) {
    return partitions.applyAsInt(subject);
  }

  boolean owns(String subject) {
    return owned.containsKey(partitionOf(subject));
  }

  boolean ownsPartition(int partition) {
    return owned.containsKey(partition);
  }

  Optional<BuildDocument> build(String id) {
    return get(id, BuildDocument.key(id), BuildDocument.class);
  }

  Optional<VmDocument> vm(String id) {
    return get(id, VmDocument.key(id), VmDocument.class);
  }

  Optional<ImageDocument> image(String reference) {
    return get(reference, ImageDocument.key(reference), ImageDocument.class);
  }

  Optional<KernelDocument> kernel(String name) {
    return get(name, KernelDocument.key(name), KernelDocument.class);
  }

  Optional<NameDocument> name(String name) {
    String key = NameDocument.key(name);
    return get(key, key, NameDocument.class);
  }

  Optional<WorkerDocument> worker(String id) {
    return get(id, WorkerDocument.key(id), WorkerDocument.class);
  }

  private <T extends Document> Optional<T> get(String subject, String key, Class<T> type) {
    Map<String, Document> own = owned.getOrDefault(partitionOf(subject), Map.of());
    return Optional.ofNullable(own.get(key)).map(type::cast);
  }

  List<Work> live() {
    return List.copyOf(live.values());
  }

  List<WorkerDocument> workers() {
    return List.copyOf(workers.values());
  }

  List<NameDocument> names() {
    return owned.values().stream()
        .flatMap(own -> own.values().stream())
        .filter(NameDocument.class::isInstance)
        .map(NameDocument.class::cast)
        .toList();
  }

  /** Deletes what is settled since before {@code limit} and of no more use. */
  void forgetBefore(Instant limit) {
    List<Work> old =
        owned.values().stream()
            .flatMap(own -> own.values().stream())
            .filter(Work.class::isInstance)
            .map(Work.class::cast)
            .filter(work -> Housekeeping.isForgettable(work, limit))
            .toList();
    old.forEach(work -> delete(work.id(), work.key()));
  }

  /**
   * Changes the document of {@code subject}; to be stored with the next {@link #take}.
   *
   * @throws IllegalArgumentException if it cannot be stored: then nothing is changed. The
   *     transaction would fail, for every owner that reads the same input after it.
   */
  void put(String subject, Document document) {
    int partition = partitionOf(subject);
    Map<String, Document> own = owned.get(partition);
    if (own == null) {
      return;
    }
    byte[] value = encoder.apply(document);
    if (value.length > limit) {
      throw new IllegalArgumentException(
          "the document %s would have %d bytes, and at most %d can be stored"
              .formatted(document.key(), value.length, limit));
    }
    own.put(document.key(), document);
    index(document);
    changes.put(
        document.key(),
        new Write(partition, document.key(), Optional.of(document), Optional.of(value)));
  }

  /** Whether {@code key} has changes that are not stored yet. */
  boolean isChanged(String key) {
    return changes.containsKey(key);
  }

  void delete(String subject, String key) {
    int partition = partitionOf(subject);
    Map<String, Document> own = owned.get(partition);
    if (own != null && own.remove(key) != null) {
      live.remove(key);
      workers.remove(key);
      changes.put(key, new Write(partition, key, Optional.empty(), Optional.empty()));
    }
  }

  private void index(Document document) {
    if (document instanceof WorkerDocument worker) {
      workers.put(worker.key(), worker);
    }
    if (!(document instanceof Work work)) {
      return;
    }
    if (!work.outbox().isEmpty() || isHeld(work)) {
      live.put(work.key(), work);
    } else {
      live.remove(work.key());
    }
  }

  private static boolean isHeld(Work work) {
    return work.assignment().isPresent()
        && switch (work) {
          case BuildDocument build -> !build.phase().isSettled();
          // an ended VM still has its disk
          case VmDocument vm -> vm.phase() != VmDocument.Phase.REMOVED;
        };
  }

  /** The last state of everything that was changed since the last call. */
  List<Write> take() {
    List<Write> all = List.copyOf(changes.values());
    changes.clear();
    return all;
  }
}
