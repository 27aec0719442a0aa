package dev.firebuild.coordinator.owner;

import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.request.Command;
import java.time.Instant;

/** What an owner decides on, in the order of its partition. */
public sealed interface Input {
  /** Id of the build, VM, image or worker. */
  String subject();

  /**
   * Of the event topic.
   *
   * @param at time of the record
   */
  record Told(Event event, Instant at) implements Input {
    @Override
    public String subject() {
      return event.subject();
    }
  }

  /**
   * Of the command topic.
   *
   * @param at time of the record
   */
  record Commanded(String subject, Command command, Instant at) implements Input {}
}
