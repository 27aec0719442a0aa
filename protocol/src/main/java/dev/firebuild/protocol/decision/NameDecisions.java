package dev.firebuild.protocol.decision;

import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whose a name is. VMs of one name may have different owners, so none of those decides: the owner
 * of the name does, by its document, and a VM is granted to a worker only when that says so. A name
 * belongs to its VM from then on until the VM is removed, or ends before a worker had it; nobody
 * needs to give it back, because its VM's document tells.
 */
public final class NameDecisions {
  /**
   * The document of a VM is stored not later than that of its name, but of two partitions one may
   * be read sooner: a VM that was not seen so long after it took its name is none.
   */
  private static final Duration SEEN = Duration.ofMinutes(1);

  private NameDecisions() {}

  /** What is known of the VM that a name's document tells of. */
  public enum Holder {
    HOLDS,
    /** It has no name any more, and never will have. */
    GONE,
    /** No document tells of it. */
    UNSEEN
  }

  /** What the document of a named VM tells of its holding the name. */
  public static Holder holder(Optional<VmDocument> document) {
    return document.map(vm -> isGone(vm) ? Holder.GONE : Holder.HOLDS).orElse(Holder.UNSEEN);
  }

  private static boolean isGone(VmDocument vm) {
    return vm.phase() == Phase.REMOVED || (vm.phase().isSettled() && vm.assignment().isEmpty());
  }

  /**
   * The VM {@code vm} wants the name {@code name}; decided by the name's owner alone.
   *
   * @param holders what is known of other VMs
   * @param at by the log's clock
   * @return the document to write; empty: nothing is to be written
   */
  public static Optional<NameDocument> wanted(
      Optional<NameDocument> known,
      String name,
      String vm,
      Function<String, Holder> holders,
      Instant at) {
    boolean free =
        known
            .filter(old -> !old.vm().equals(vm))
            .map(old ->
                switch (holders.apply(old.vm())) {
                  case HOLDS -> false;
                  case GONE -> true;
                  case UNSEEN -> old.takenAt().plus(SEEN).isBefore(at);
                })
            .orElse(known.isEmpty());
    return free ? Optional.of(new NameDocument(name, vm, at)) : Optional.empty();
  }

  /** How {@code vm} stands to a name of which {@code known} is told. */
  public static NameStanding standing(
      Optional<NameDocument> known, String vm, Function<String, Holder> holders) {
    if (known.isEmpty()) {
      return NameStanding.UNDECIDED;
    }
    if (known.get().vm().equals(vm)) {
      return NameStanding.OURS;
    }
    return holders.apply(known.get().vm()) == Holder.HOLDS
        ? NameStanding.TAKEN
        : NameStanding.UNDECIDED;
  }
}
