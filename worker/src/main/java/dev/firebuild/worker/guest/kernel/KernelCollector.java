package dev.firebuild.worker.guest.kernel;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.worker.host.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from a store what no document names any more: kernels that were removed, versions that
 * another import has replaced, what a killed import left.
 */
public final class KernelCollector {
  private static final Logger log = LoggerFactory.getLogger(KernelCollector.class);

  /** A kernel is in the store before its document is written; Kafka may be away in between. */
  private static final Duration UNNAMED = Duration.ofDays(1);

  /** A VM that is being started reads the files of its kernel. */
  private static final Duration UNNEEDED = Duration.ofMinutes(10);

  private final KernelStore store;
  private final Supplier<? extends Collection<KernelDocument>> documents;
  private final Needs needs;
  private final InstantSource clock;

  /** Names that had a document in the life of this process: without one they were removed. */
  private final Set<String> known = new HashSet<>();

  private final Map<Path, Instant> unneededSince = new HashMap<>();

  /**
   * @param documents what kernel names mean now
   * @param needs what this worker and others need of the store
   */
  public KernelCollector(
      KernelStore store,
      Supplier<? extends Collection<KernelDocument>> documents,
      Needs needs,
      InstantSource clock) {
    this.store = store;
    this.documents = documents;
    this.needs = needs;
    this.clock = clock;
  }

  private record Own(Set<String> names, Set<Digest> kernels) {}

  /** Tells the other workers what this one needs. */
  public void state() throws IOException {
    var _ = stateOwn();
  }

  private Own stateOwn() throws IOException {
    Set<String> names = new HashSet<>();
    Set<Digest> kernels = new HashSet<>();
    for (KernelDocument document : documents.get()) {
      names.add(document.name());
      kernels.add(document.digest());
    }
    needs.state(kernels);
    return new Own(names, kernels);
  }

  /** Removes what is needed no more and has not been for a while; returns what was removed. */
  public List<Path> collect() throws IOException {
    Own own = stateOwn();
    Set<String> names = own.names();
    known.addAll(names);
    if (known.isEmpty()) {
      // Not one kernel is known: more likely than a store full of garbage is another Kafka.
      return List.of();
    }
    if (!needs.areKnown()) {
      return List.of();
    }
    Set<Path> needed = new HashSet<>();
    own.kernels().forEach(digest -> needed.add(store.version(digest)));
    Set<Path> ofOthers = new HashSet<>();
    needs.ofOthers().forEach(digest -> ofOthers.add(store.version(digest)));
    needed.addAll(ofOthers);
    List<Path> removed = new ArrayList<>();
    try (var _ = store.lock()) {
      for (Path link : store.links()) {
        String name = link.getFileName().toString();
        if (names.contains(name)
            || ofOthers.contains(store.target(link))
            || (!known.contains(name) && isYounger(link, UNNAMED))) {
          needed.add(store.target(link));
        } else {
          Files.deleteIfExists(link);
          removed.add(link);
        }
      }
      removed.addAll(collectVersions(needed));
    }
    if (!removed.isEmpty()) {
      log.atInfo().addKeyValue("removed", removed).log("removed kernels that no document names");
    }
    return removed;
  }

  private List<Path> collectVersions(Set<Path> needed) throws IOException {
    List<Path> removed = new ArrayList<>();
    List<Path> versions = store.versions();
    unneededSince.keySet().retainAll(versions);
    for (Path version : versions) {
      if (needed.contains(version)) {
        unneededSince.remove(version);
      } else if (isOver(unneededSince.computeIfAbsent(version, _ -> clock.instant()), UNNEEDED)) {
        store.remove(version);
        removed.add(version);
      }
    }
    for (Path partial : store.partials()) {
      if (!isYounger(partial, UNNAMED)) {
        store.remove(partial);
        removed.add(partial);
      }
    }
    return removed;
  }

  private boolean isYounger(Path file, Duration age) throws IOException {
    return !isOver(Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant(), age);
  }

  private boolean isOver(Instant since, Duration age) {
    return !since.plus(age).isAfter(clock.instant());
  }
}
