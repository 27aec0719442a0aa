package dev.firebuild.worker.queue;

import dev.firebuild.messaging.DeadLetters;
import dev.firebuild.messaging.EventPublisher;
import dev.firebuild.messaging.PublishException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts requests that cannot be done among the dead letters. */
record Burials(EventPublisher publisher, String topic) {
  private static final Logger log = LoggerFactory.getLogger(Burials.class);
  private static final Duration STORED = Duration.ofSeconds(30);

  /** Whether {@code record} is a dead letter now, which nobody need take from the queue again. */
  boolean bury(ConsumerRecord<String, byte[]> record, String reason) throws InterruptedException {
    log.atWarn()
        .addKeyValue("topic", record.topic())
        .addKeyValue("offset", record.offset())
        .addKeyValue("reason", reason)
        .log("a request goes to the dead letters");
    try {
      publisher
          .send(DeadLetters.of(topic, record, reason))
          .get(STORED.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      PublishException failure =
          new PublishException("a dead letter cannot be stored; it is tried again", e);
      log.atWarn().setCause(failure).log("a request stays in the queue");
      return false;
    }
  }
}
