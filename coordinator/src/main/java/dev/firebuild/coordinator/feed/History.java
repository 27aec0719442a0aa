package dev.firebuild.coordinator.feed;

import java.time.Instant;
import java.util.List;

/** Reads the event topic itself: what is in memory no more. */
public interface History {
  /**
   * The next few events of everything from {@code from} up to {@code to} (not included), in the
   * order of time. Throws {@link HistoryException} if Kafka does not answer.
   */
  Page read(Position from, Position to) throws InterruptedException;

  /** Where the log begins, for the partitions of {@code position}. */
  Position beginning(Position position) throws InterruptedException;

  /** The first events at or after {@code time}, for the partitions of {@code position}. */
  Position at(Instant time, Position position) throws InterruptedException;

  /**
   * A piece of history.
   *
   * @param events none: there are no more before the end
   * @param next where to go on
   */
  record Page(List<StoredEvent> events, Position next) {
    public Page {
      events = List.copyOf(events);
    }
  }

  /** Kafka does not answer. */
  final class HistoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public HistoryException(String message) {
      super(message);
    }

    public HistoryException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
