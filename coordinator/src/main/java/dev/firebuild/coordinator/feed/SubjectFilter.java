package dev.firebuild.coordinator.feed;

import dev.firebuild.protocol.event.Event;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Keeps what counts of one subject: nothing of an attempt that a later one has made void, and
 * nothing twice. Remembers, so one filter serves one stream.
 */
public final class SubjectFilter implements Predicate<StoredEvent> {
  private final String subject;
  private final Map<String, Long> lastSeq = new HashMap<>();
  private int attempt;

  public SubjectFilter(String subject) {
    this.subject = subject;
  }

  @Override
  public boolean test(StoredEvent stored) {
    Event event = stored.event();
    if (!event.subject().equals(subject) || event.attempt() < attempt) {
      return false;
    }
    attempt = event.attempt();
    Long seen = lastSeq.get(event.instance());
    if (seen != null && event.seq() <= seen) {
      return false;
    }
    lastSeq.put(event.instance(), event.seq());
    return true;
  }
}
