package dev.firebuild.coordinator.owner;

import dev.firebuild.protocol.decision.NameDecisions;
import dev.firebuild.protocol.decision.NameDecisions.Holder;
import dev.firebuild.protocol.decision.NameStanding;
import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.VmDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The names of VMs: those of the owned partitions are given out here, of the others it is known
 * what their documents tell. For the owner's thread.
 */
final class Names {
  private static final Duration KEEP_UNSEEN = Duration.ofHours(1);

  private final Documents documents;
  private final Cluster cluster;

  Names(Documents documents, Cluster cluster) {
    this.documents = documents;
    this.cluster = cluster;
  }

  /** How {@code vm}, which a worker claims, stands to {@code name}; it takes it if it can. */
  NameStanding claimed(String vm, Optional<String> name, Instant at) {
    if (name.isEmpty()) {
      return NameStanding.OURS;
    }
    wanted(name.get(), vm, at);
    return standing(vm, name.get());
  }

  /** The VM {@code vm} wants {@code name}: if that is owned here, it gets it or not. */
  void wanted(String name, String vm, Instant at) {
    String key = NameDocument.key(name);
    if (!documents.owns(key)) {
      return;
    }
    Optional<NameDocument> known = documents.name(name);
    boolean doubtful =
        known
            .filter(old -> !old.vm().equals(vm) && cluster.holder(old.vm()) != Holder.GONE)
            .isPresent();
    boolean read = !doubtful || cluster.readToEnd();
    NameDecisions.wanted(known, name, vm, holder -> holder(holder, read), at)
        .ifPresent(document -> documents.put(key, document));
  }

  /** How a VM stands that waits for its name. */
  NameStanding waiting(VmDocument vm, OutboxEntry.WantName want) {
    return standing(vm.id(), want.name());
  }

  /** Whoever has seen that a VM is removed can have its name: that must be read before a no. */
  private NameStanding standing(String vm, String name) {
    NameStanding standing = NameDecisions.standing(known(name), vm, cluster::holder);
    if (standing != NameStanding.TAKEN) {
      return standing;
    }
    var _ = cluster.readToEnd();
    return NameDecisions.standing(known(name), vm, cluster::holder);
  }

  private Optional<NameDocument> known(String name) {
    return documents.owns(NameDocument.key(name)) ? documents.name(name) : cluster.name(name);
  }

  /** As long as not everything is read, a VM that was not seen may be there. */
  private Holder holder(String vm, boolean read) {
    Holder known = cluster.holder(vm);
    return known == Holder.UNSEEN && !read ? Holder.HOLDS : known;
  }

  /** Deletes names whose VMs have gone. */
  void tidy(Instant now) {
    for (NameDocument name : documents.names()) {
      boolean old =
          switch (cluster.holder(name.vm())) {
            case HOLDS -> false;
            case GONE -> true;
            case UNSEEN ->
                name.takenAt().plus(KEEP_UNSEEN).isBefore(now)
                    && cluster.readToEnd()
                    && cluster.holder(name.vm()) == Holder.UNSEEN;
          };
      if (old) {
        documents.delete(name.key(), name.key());
      }
    }
  }
}
