package dev.firebuild.coordinator.owner;

import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.Event;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Says what an owner has to say outside of its documents. Each stage completes, on any thread, when
 * the record is stored; failed: it may be stored or not.
 */
public interface Announcer {
  CompletionStage<?> publish(Event event);

  /**
   * Puts the request of {@code document} into its queue again.
   *
   * @param traceparent trace context of the first one
   */
  CompletionStage<?> append(Work document, int attempt, Optional<String> traceparent);

  /** Puts the request of {@code document} among the dead letters. */
  CompletionStage<?> bury(Work document, String reason);
}
