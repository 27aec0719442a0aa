package dev.firebuild.coordinator.submit;

/** Where requests and commands become records. */
public interface RecordLog extends AutoCloseable {
  /**
   * Appends a record and returns when it is durable. Throws {@link UnavailableException} if Kafka
   * does not confirm it in time; it may be there nevertheless.
   */
  void append(String topic, String key, byte[] value);

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
