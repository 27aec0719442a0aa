package dev.firebuild.systemtest.mainpath;

import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.Tailer;
import dev.firebuild.protocol.event.Event;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;

/** A reader of all events, which notes when each came. */
final class Arrivals implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** An event and the time of the JVM's clock when it was read. */
  record Arrival(Event event, long nanos) {}

  private final List<Arrival> arrivals = new CopyOnWriteArrayList<>();
  private final Tailer tailer;

  private Arrivals(KafkaSettings settings) {
    this.tailer =
        Tailer.start(
            settings,
            "arrivals",
            List.of(Tailer.Subscription.fromBeginning(settings.topics().events())),
            IsolationLevel.READ_COMMITTED,
            record ->
                EventCodec.decode(record)
                    .ifPresent(event -> arrivals.add(new Arrival(event, System.nanoTime()))));
  }

  static Arrivals of(Map<String, String> client) {
    return new Arrivals(KafkaSettings.of(client));
  }

  /** The first that {@code condition} holds for, once it is there. */
  Arrival await(String what, Predicate<Event> condition) {
    return Awaitility.await(what)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> arrivals.stream().filter(one -> condition.test(one.event())).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  List<Event> all() {
    return arrivals.stream().map(Arrival::event).toList();
  }

  @Override
  public void close() {
    tailer.close();
  }
}
