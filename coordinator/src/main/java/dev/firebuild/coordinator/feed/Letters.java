package dev.firebuild.coordinator.feed;

import java.util.Optional;

/** Where the values of dead letters are read from. */
public interface Letters {
  /**
   * The value of the letter {@code id}; empty: it is not there any more. Throws {@link
   * History.HistoryException} if Kafka does not answer.
   */
  Optional<byte[]> value(String id);
}
