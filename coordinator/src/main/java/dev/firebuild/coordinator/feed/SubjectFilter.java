package dev.firebuild.coordinator.feed;

import dev.firebuild.protocol.decision.SubjectFold;
import java.util.function.Predicate;

/**
 * Keeps what counts of one subject: nothing of an attempt that a later one has made void, and
 * nothing twice. Remembers, so one filter serves one stream, and must see all that the log has of
 * the subject.
 */
final class SubjectFilter implements Predicate<StoredEvent> {
  private final String subject;
  private final SubjectFold fold = SubjectFold.fresh();

  SubjectFilter(String subject) {
    this.subject = subject;
  }

  /** Whether the end was told, as far as is read. */
  boolean isSettled() {
    return fold.isSettled();
  }

  @Override
  public boolean test(StoredEvent stored) {
    return stored.event().subject().equals(subject) && fold.accept(stored.event());
  }
}
