package dev.firebuild.worker.run;

import dev.firebuild.messaging.PublishException;
import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.event.VmEvent;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what must be heard: a VM that runs or has ended is a fact, however long Kafka is away, so it
 * is said again until it is stored. Readers drop what they have heard.
 */
final class Telling {
  private static final Logger log = LoggerFactory.getLogger(Telling.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final SubjectEvents events;

  Telling(SubjectEvents events) {
    this.events = events;
  }

  /** Returns when {@code event} is stored, or the grant is lost. */
  void tell(VmEvent event) throws InterruptedException {
    while (true) {
      try {
        events.publish(event).get();
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof PublishException)) {
          throw new IllegalStateException("publishing an event failed", e.getCause());
        }
        log.atWarn()
            .addKeyValue("vm", events.subject())
            .addKeyValue("instance", events.instance())
            .addKeyValue("event", event.getClass().getSimpleName())
            .setCause(e.getCause())
            .log("an event of a VM could not be stored; it is said again");
        Thread.sleep(PAUSE);
      }
    }
  }
}
