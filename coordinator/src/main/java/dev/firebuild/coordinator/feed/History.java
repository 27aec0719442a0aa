package dev.firebuild.coordinator.feed;

import java.time.Instant;
import java.util.List;

/** Reads the event topic itself: what is in memory no more. */
public interface History {
  /**
   * Opens a reader of everything from {@code from} up to {@code to} (not included). Throws {@link
   * HistoryException} if Kafka does not answer.
   */
  Reader open(Position from, Position to);

  /** Where the log begins, for the partitions of {@code position}. */
  Position beginning(Position position);

  /** The first events at or after {@code time}, for the partitions of {@code position}. */
  Position at(Instant time, Position position);

  /** One reading of a stretch of history. */
  interface Reader extends AutoCloseable {
    /** The next events, in the order of time; none: the end is reached. */
    List<StoredEvent> next();

    @Override
    void close();
  }

  /** Kafka does not answer. */
  final class HistoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public HistoryException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
