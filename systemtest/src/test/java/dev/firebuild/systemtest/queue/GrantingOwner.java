package dev.firebuild.systemtest.queue;

import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.Partitions;
import dev.firebuild.protocol.decision.Rules;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Grants every claim of a build in the owner's place, but some not before it is told to. */
final class GrantingOwner implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(2);

  private final Installation all;
  private final Set<String> unanswered;
  private final Set<String> answered = new HashSet<>();
  private final Thread thread;
  private volatile boolean closed;

  GrantingOwner(Installation all, Set<String> unanswered) {
    this.all = all;
    this.unanswered = ConcurrentHashMap.newKeySet();
    this.unanswered.addAll(unanswered);
    this.thread = Thread.ofPlatform().daemon().unstarted(this::run);
  }

  GrantingOwner start() {
    thread.start();
    return this;
  }

  /** The claim of {@code id} gets its answer, too. */
  void answer(String id) {
    unanswered.remove(id);
  }

  private void run() {
    while (!closed) {
      for (Event event : all.log) {
        if (event.data() instanceof BuildEvent.Claimed claimed
            && !unanswered.contains(event.subject())
            && answered.add(event.subject())) {
          grant(event, claimed);
        }
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private void grant(Event event, BuildEvent.Claimed claimed) {
    BuildDocument granted =
        Rules.STANDARD
            .builds()
            .claimed(
                Optional.empty(),
                event.subject(),
                event.attempt(),
                event.instance(),
                claimed,
                event.time());
    var _ =
        all.sendLater(
            new ProducerRecord<>(
                all.settings.topics().state(),
                Partitions.of(granted.id(), all.settings.partitions()),
                granted.key(),
                DocumentCodec.encode(granted)));
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
