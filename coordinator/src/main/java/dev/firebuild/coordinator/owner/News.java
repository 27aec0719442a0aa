package dev.firebuild.coordinator.owner;

import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.Event;

/** What an owner hears of all partitions, its own ones or not, in no order between topics. */
public sealed interface News {
  /** A worker or a coordinator tells of itself. */
  record Heard(Event event) implements News {}

  /**
   * A request was appended.
   *
   * @param document as which it would begin
   */
  record Queued(String topic, long offset, Work document) implements News {}

  /** A document was stored. */
  record Stored(Document document) implements News {}

  /** The document of {@code key} was deleted. */
  record Forgotten(String key) implements News {}
}
