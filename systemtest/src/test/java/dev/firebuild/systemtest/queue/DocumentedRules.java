package dev.firebuild.systemtest.queue;

import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.event.UnknownEvent;
import java.util.Optional;
import java.util.Set;

/**
 * "Which events count" of {@code docs/events.md}, sentence by sentence, written from that page
 * alone as one more client would be. For each event it tells which sentence decided.
 */
final class DocumentedRules {
  /** The sentences. */
  enum Rule {
    OWNER_REPEATS(false),
    OWNER_SPEAKS_AFTER_THE_END(false),
    OWNER_REMOVES_AFTER_THE_END(true),
    OWNER_REQUEUES_IN_VAIN(false),
    OWNER_REQUEUES(true),
    OWNER_REQUEUES_WHAT_HAD_ENDED(true),
    OWNER_ENDS(true),
    OWNER_ENDS_A_NEW_ATTEMPT(true),
    ATTEMPT_IS_PAST(false),
    CLAIM_AFTER_THE_END(false),
    CLAIM_IS_NOT_THE_FIRST(false),
    CLAIM_IS_GRANTED(true),
    INSTANCE_IS_NOT_THE_GRANTED_ONE(false),
    NUMBER_WAS_SEEN(false),
    IS_REMOVED(false),
    HAS_ENDED(false),
    REMOVED_AFTER_THE_END(true),
    CLAIM_IS_OLDER_THAN_THE_LOG(true),
    COUNTS(true);

    private final boolean counts;

    Rule(boolean counts) {
      this.counts = counts;
    }

    /** Whether the event counts then. */
    boolean counts() {
      return counts;
    }
  }

  private static final Set<String> ENDS =
      Set.of(
          "build.succeeded",
          "build.failed",
          "build.rejected",
          "build.cancelled",
          "vm.exited",
          "vm.failed",
          "vm.rejected",
          "vm.removed");

  private int attempt;
  private Optional<String> granted = Optional.empty();
  private Optional<Long> seen = Optional.empty();
  private Optional<Long> ownerSeen = Optional.empty();
  private boolean ended;
  private boolean ownerSaidSo;
  private boolean removed;

  /** What is to be done with {@code event}, the next one of the log. */
  Rule next(Event event) {
    String type = nameOf(event);
    if (event.instance().equals("owner")) {
      return fromOwner(type, event);
    }
    if (event.attempt() < attempt) {
      return Rule.ATTEMPT_IS_PAST;
    }
    return type.endsWith(".claimed") ? claimed(event) : anythingElse(type, event);
  }

  private Rule fromOwner(String type, Event event) {
    boolean removal = type.equals("vm.removed");
    if (ownerSeen.filter(last -> event.seq() <= last).isPresent()) {
      return Rule.OWNER_REPEATS;
    }
    boolean over = ownerSaidSo || removed;
    if (over && !removal && event.attempt() <= attempt) {
      return Rule.OWNER_SPEAKS_AFTER_THE_END;
    }
    ownerSeen = Optional.of(event.seq());
    boolean higher = event.attempt() > attempt;
    if (type.endsWith(".requeued")) {
      if (!higher) {
        return Rule.OWNER_REQUEUES_IN_VAIN;
      }
      boolean had = ended;
      begin(event.attempt(), Optional.empty());
      return had ? Rule.OWNER_REQUEUES_WHAT_HAD_ENDED : Rule.OWNER_REQUEUES;
    }
    if (higher) {
      begin(event.attempt(), Optional.empty());
    }
    boolean had = ended;
    ended = true;
    ownerSaidSo = true;
    removed |= removal;
    if (higher) {
      return Rule.OWNER_ENDS_A_NEW_ATTEMPT;
    }
    return had && removal ? Rule.OWNER_REMOVES_AFTER_THE_END : Rule.OWNER_ENDS;
  }

  private Rule claimed(Event event) {
    if (ended) {
      return Rule.CLAIM_AFTER_THE_END;
    }
    if (event.attempt() == attempt && granted.isPresent()) {
      return Rule.CLAIM_IS_NOT_THE_FIRST;
    }
    begin(event.attempt(), Optional.of(event.instance()));
    seen = Optional.of(event.seq());
    return Rule.CLAIM_IS_GRANTED;
  }

  private Rule anythingElse(String type, Event event) {
    boolean begins = event.attempt() > attempt || (granted.isEmpty() && !ended);
    if (begins) {
      begin(event.attempt(), Optional.of(event.instance()));
    }
    if (granted.filter(event.instance()::equals).isEmpty()) {
      return Rule.INSTANCE_IS_NOT_THE_GRANTED_ONE;
    }
    if (seen.filter(last -> event.seq() <= last).isPresent()) {
      return Rule.NUMBER_WAS_SEEN;
    }
    boolean removal = type.equals("vm.removed");
    if (removed) {
      return Rule.IS_REMOVED;
    }
    if (ended && !removal) {
      return Rule.HAS_ENDED;
    }
    seen = Optional.of(event.seq());
    boolean after = ended;
    removed |= removal;
    ended |= ENDS.contains(type);
    if (begins) {
      return Rule.CLAIM_IS_OLDER_THAN_THE_LOG;
    }
    return after ? Rule.REMOVED_AFTER_THE_END : Rule.COUNTS;
  }

  private void begin(int number, Optional<String> instance) {
    attempt = number;
    granted = instance;
    seen = Optional.empty();
    ended = false;
    removed = false;
  }

  private static String nameOf(Event event) {
    return event.data() instanceof UnknownEvent(String type, String _)
        ? type
        : EventType.ofType(event.type()).orElseThrow().shortName();
  }
}
