package dev.firebuild.coordinator.owner;

import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The requests that lie in the queue and that no document tells of yet. */
final class Unclaimed {
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, Long> starts = new HashMap<>();

  /** The offsets after what was read. */
  private final Map<String, Long> read = new HashMap<>();

  /** What documents tell, by their keys: they can be read before the requests they come from. */
  private final Map<String, Told> documents = new HashMap<>();

  /**
   * A request record.
   *
   * @param document as which it would begin
   * @param passes how often the queue was seen to have passed it
   */
  private record Entry(String topic, long offset, Work document, int passes) {}

  private record Told(int attempt, boolean queued) {
    /** Whether a request for {@code wanted} is in the queue no more. */
    boolean isBeyond(int wanted) {
      return attempt > wanted || (attempt == wanted && !queued);
    }
  }

  /** A request was appended. */
  void add(News.Queued request) {
    read.merge(request.topic(), request.offset() + 1, Math::max);
    Work document = request.document();
    Told told = documents.get(document.key());
    if (told != null && told.isBeyond(document.attempt())) {
      return;
    }
    Entry known = entries.get(document.key());
    if (known == null || known.document().attempt() < document.attempt()) {
      entries.put(document.key(), new Entry(request.topic(), request.offset(), document, 0));
    }
  }

  /** A document of any partition: its request is queued no more, unless it says so. */
  void told(Work document) {
    Entry entry = entries.get(document.key());
    boolean queued =
        switch (document) {
          case BuildDocument build -> build.phase() == BuildDocument.Phase.QUEUED;
          case VmDocument vm -> vm.phase() == VmDocument.Phase.QUEUED;
        };
    Told told = new Told(document.attempt(), queued);
    documents.put(document.key(), told);
    if (entry != null && told.isBeyond(entry.document().attempt())) {
      entries.remove(document.key());
    }
  }

  /** The document of {@code key} is forgotten; its request was deleted long ago. */
  void forgotten(String key) {
    documents.remove(key);
  }

  Optional<BuildDocument> build(String id) {
    return Optional.ofNullable(entries.get(BuildDocument.key(id)))
        .map(entry -> (BuildDocument) entry.document());
  }

  Optional<VmDocument> vm(String id) {
    return Optional.ofNullable(entries.get(VmDocument.key(id)))
        .map(entry -> (VmDocument) entry.document());
  }

  /**
   * The share group of {@code topic} has everything before {@code start} behind it.
   *
   * @return requests that were passed for the second time: by now a claim would have been read
   */
  List<Work> passed(String topic, long start) {
    starts.put(topic, start);
    List<Work> lost = new ArrayList<>();
    entries.replaceAll((_, entry) -> {
      if (!entry.topic().equals(topic) || entry.offset() >= start) {
        return entry;
      }
      if (entry.passes() > 0) {
        lost.add(entry.document());
      }
      return new Entry(entry.topic(), entry.offset(), entry.document(), entry.passes() + 1);
    });
    return lost;
  }

  /**
   * The first offset of {@code topic} that somebody may still need. What is not read yet is needed:
   * the queue may have dropped it in silence, and then only its record tells that it was there.
   */
  long needed(String topic) {
    long behind = Math.min(starts.getOrDefault(topic, 0L), read.getOrDefault(topic, 0L));
    return entries.values().stream()
        .filter(entry -> entry.topic().equals(topic))
        .mapToLong(Entry::offset)
        .reduce(behind, Math::min);
  }
}
