package dev.firebuild.protocol.decision;

import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.VmEvent;
import java.util.Optional;

/**
 * Which events of one build or VM a reader believes. Any two readers of the same log agree, whether
 * they have seen records twice or not; what they believe in the end is what the document says.
 *
 * <ul>
 *   <li>Of the claims of an attempt the first one is granted; the instances of the others are void.
 *   <li>The owner announces a new attempt before it can be claimed: that makes all that is older
 *       void, also an end that was told already.
 *   <li>What is settled stays settled. If the owner itself tells the end, that counts.
 *   <li>Only what is granted speaks; so where the log has lost its beginning, and with it the
 *       claim, who speaks first was granted.
 *   <li>Numbers of an instance that were seen already are dropped.
 * </ul>
 *
 * Not safe for use by several threads.
 */
public final class SubjectFold {
  private int attempt;
  private Optional<String> granted = Optional.empty();
  private long seen = Long.MIN_VALUE;
  private long ownerSeen = Long.MIN_VALUE;
  private boolean settled;
  private boolean settledByOwner;
  private boolean removed;

  private SubjectFold() {}

  /** A reader that knows nothing yet. */
  public static SubjectFold fresh() {
    return new SubjectFold();
  }

  /** The number of the attempt that counts. */
  public int attempt() {
    return attempt;
  }

  /** Whether the end was told. */
  public boolean isSettled() {
    return settled;
  }

  /** Whether {@code event}, the next one of the log, counts. */
  public boolean accept(Event event) {
    if (event.instance().equals(OwnerEvents.INSTANCE)) {
      return acceptOwner(event);
    }
    if (event.attempt() < attempt) {
      return false;
    }
    return isClaim(event.data()) ? acceptClaim(event) : acceptGranted(event);
  }

  private boolean acceptOwner(Event event) {
    if (event.seq() <= ownerSeen
        || ((settledByOwner || removed)
            && !isRemoval(event.data())
            && event.attempt() <= attempt)) {
      return false;
    }
    ownerSeen = event.seq();
    if (isRequeue(event.data())) {
      if (event.attempt() <= attempt) {
        return false;
      }
      begin(event.attempt(), Optional.empty());
      return true;
    }
    if (event.attempt() > attempt) {
      begin(event.attempt(), Optional.empty());
    }
    settled = true;
    settledByOwner = true;
    removed |= isRemoval(event.data());
    return true;
  }

  private boolean acceptClaim(Event event) {
    if (settled || (event.attempt() == attempt && granted.isPresent())) {
      return false;
    }
    begin(event.attempt(), Optional.of(event.instance()));
    seen = event.seq();
    return true;
  }

  private boolean acceptGranted(Event event) {
    if (event.attempt() > attempt || (granted.isEmpty() && !settled)) {
      begin(event.attempt(), Optional.of(event.instance()));
    }
    if (event.attempt() != attempt
        || granted.filter(event.instance()::equals).isEmpty()
        || event.seq() <= seen
        || removed
        || (settled && !isRemoval(event.data()))) {
      return false;
    }
    seen = event.seq();
    removed |= isRemoval(event.data());
    settled |= isTerminal(event.data());
    return true;
  }

  private void begin(int number, Optional<String> instance) {
    attempt = number;
    granted = instance;
    seen = Long.MIN_VALUE;
    settled = false;
    removed = false;
  }

  private static boolean isClaim(EventData data) {
    return data instanceof BuildEvent.Claimed || data instanceof VmEvent.Claimed;
  }

  private static boolean isRequeue(EventData data) {
    return data instanceof BuildEvent.Requeued || data instanceof VmEvent.Requeued;
  }

  private static boolean isRemoval(EventData data) {
    return data instanceof VmEvent.Removed;
  }

  /** Whether {@code data} tells the end of a build or VM. */
  public static boolean isTerminal(EventData data) {
    return data instanceof BuildEvent.Succeeded
        || data instanceof BuildEvent.Failed
        || data instanceof BuildEvent.Cancelled
        || data instanceof BuildEvent.Rejected
        || data instanceof VmEvent.Exited
        || data instanceof VmEvent.Failed
        || data instanceof VmEvent.Rejected
        || data instanceof VmEvent.Removed;
  }
}
