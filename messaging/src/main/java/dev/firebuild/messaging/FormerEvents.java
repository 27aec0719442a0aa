package dev.firebuild.messaging;

import dev.firebuild.messaging.spool.SpoolFile;
import dev.firebuild.messaging.spool.SpooledRecord;
import dev.firebuild.protocol.event.EventType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the last process of a worker has left in its spool, and which of it the next one delivers.
 * That is sound: its numbers are those of the instances that said it. What they said while they
 * held their grants counts, and what Kafka has already, or what another attempt has made void,
 * every reader drops.
 */
final class FormerEvents implements SpoolFile.Visitor {
  private static final Logger log = LoggerFactory.getLogger(FormerEvents.class);

  /**
   * Documents live for a day at least: what is older could speak of a build that nobody remembers,
   * and would be taken for news.
   */
  private static final Duration OLDEST = Duration.ofHours(12);

  private static final Set<String> CLAIMS =
      Set.of(EventType.BUILD_CLAIMED.type(), EventType.VM_CLAIMED.type());

  private final String topic;
  private final List<Found> found = new ArrayList<>();
  private final Set<String> worked = new HashSet<>();

  private record Found(SpoolFile.Place place, String instance) {}

  FormerEvents(String topic) {
    this.topic = topic;
  }

  /** Whether what lies in {@code folder} was said too long ago. */
  static boolean areTooOld(Path folder, InstantSource clock) throws IOException {
    return SpoolFile.lastWritten(folder).filter(clock.instant().minus(OLDEST)::isAfter).isPresent();
  }

  @Override
  public void found(SpoolFile.Place place, byte[] bytes) {
    ProducerRecord<String, byte[]> record;
    try {
      record = SpooledRecord.decode(bytes);
    } catch (IOException e) {
      log.atWarn().setCause(e).log("an event of the last process cannot be read and is left out");
      return;
    }
    if (!record.topic().equals(topic)) {
      log.atWarn()
          .addKeyValue("topic", record.topic())
          .log("an event of the last process is for another topic and is left out");
      return;
    }
    String instance = EventCodec.instanceOf(record.headers());
    found.add(new Found(place, instance));
    if (!CLAIMS.contains(EventCodec.typeOf(record.headers()).orElse(""))) {
      worked.add(instance);
    }
  }

  /**
   * Where the events lie that are to be delivered, in order. A claim that nothing followed is not
   * repeated: it would be granted to a process that is dead.
   */
  List<SpoolFile.Place> places() {
    return found.stream()
        .filter(event -> worked.contains(event.instance()))
        .map(Found::place)
        .toList();
  }
}
