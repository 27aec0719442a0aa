package dev.firebuild.coordinator.submit;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Where requests and commands become records. */
public interface RecordLog extends AutoCloseable {
  /**
   * Sends a record, in the order of the calls of the same pace; completes when it is durable, with
   * the time that the log gave it. Fails with {@link UnavailableException} if Kafka does not
   * confirm it in time; it may be there nevertheless. What completes it must not be kept waiting.
   */
  CompletableFuture<Instant> send(String topic, String key, byte[] value, Pace pace);

  /** When a record is sent. */
  enum Pace {
    /** Somebody waits for it. */
    AT_ONCE,
    /** After a few milliseconds, with those that come meanwhile. */
    IN_COMPANY
  }

  /** Sends a record and returns when it is durable; throws as {@link #send} fails. */
  default Instant append(String topic, String key, byte[] value) {
    return await(send(topic, key, value, Pace.AT_ONCE));
  }

  /** What {@link #send} has sent. */
  static <T> T await(CompletableFuture<T> sent) {
    try {
      return sent.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnavailableException unavailable) {
        throw unavailable;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted before Kafka confirmed the record", e);
    }
  }

  @Override
  void close();

  /** Kafka does not answer. */
  final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnavailableException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
