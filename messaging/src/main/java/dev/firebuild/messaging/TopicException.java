package dev.firebuild.messaging;

/** The topics of the Kafka cluster cannot be used as they are; the message is for people. */
public final class TopicException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TopicException(String message) {
    super(message);
  }

  public TopicException(String message, Throwable cause) {
    super(message, cause);
  }
}
