package dev.firebuild.messaging;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries something until Kafka is there for it, and says once that it is not. */
final class KafkaWait {
  private static final Logger log = LoggerFactory.getLogger(KafkaWait.class);

  /** Some of what Kafka is not ready for it refuses at once. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final String server;
  private final Pause pause;

  /** What needs Kafka, begun anew with every call. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws InterruptedException, ExecutionException, TimeoutException;
  }

  /** Lets time pass. */
  @FunctionalInterface
  interface Pause {
    void last(Duration time) throws InterruptedException;
  }

  /**
   * @param server where Kafka should be, for people
   */
  KafkaWait(String server, Pause pause) {
    this.server = server;
    this.pause = pause;
  }

  /**
   * What {@code attempt} gives as soon as Kafka answers it.
   *
   * @throws TopicException if Kafka refuses, so that waiting changes nothing
   */
  <T> T until(Attempt<T> attempt) throws InterruptedException {
    boolean told = false;
    while (true) {
      try {
        T result = attempt.run();
        if (told) {
          log.atInfo().log("Kafka answers");
        }
        return result;
      } catch (ExecutionException | TimeoutException e) {
        String reason = requireAway(e);
        if (!told) {
          told = true;
          log.atWarn()
              .addKeyValue("server", server)
              .addKeyValue("reason", reason)
              .log(
                  "Kafka does not answer and is waited for; if it should, check the address, and what TLS or SASL needs");
        }
      }
      pause.last(PAUSE);
    }
  }

  /** Why Kafka did not do it, if it may do it later by itself. */
  private String requireAway(Exception failure) {
    Throwable cause =
        failure instanceof ExecutionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof TimeoutException || cause instanceof RetriableException) {
      return String.valueOf(cause.getMessage());
    }
    throw new TopicException(
        "cannot set up the topics on %s: %s; check the address, and what TLS or SASL needs"
            .formatted(server, cause.getMessage()),
        cause);
  }
}
