package dev.firebuild.systemtest.bench;

import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.Tailer;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;

/** When events became visible to a plain consumer, by {@link System#nanoTime}. */
final class EventTail implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Map<Key, CompletableFuture<Seen>> seen = new ConcurrentHashMap<>();
  private final Tailer tailer;

  /** When it was there, and what it said. */
  private record Seen(long at, EventData data) {}

  private record Key(String subject, int attempt, Class<? extends EventData> type) {}

  EventTail(KafkaSettings kafka) throws InterruptedException {
    this.tailer =
        Tailer.start(
            kafka,
            "bench-tail",
            List.of(Tailer.Subscription.fromEnd(kafka.topics().events())),
            IsolationLevel.READ_UNCOMMITTED,
            this::onRecord);
    get(tailer.caughtUp());
  }

  private void onRecord(ConsumerRecord<String, byte[]> record) {
    long now = System.nanoTime();
    EventCodec.decode(record)
        .ifPresent(event -> future(key(event)).complete(new Seen(now, event.data())));
  }

  private static Key key(Event event) {
    return new Key(event.subject(), event.attempt(), event.data().getClass());
  }

  private CompletableFuture<Seen> future(Key key) {
    return seen.computeIfAbsent(key, _ -> new CompletableFuture<>());
  }

  /** When the first such event of the first attempt was there; waits for it. */
  long await(String subject, Class<? extends EventData> type) throws InterruptedException {
    return await(subject, 1, type);
  }

  long await(String subject, int attempt, Class<? extends EventData> type)
      throws InterruptedException {
    return get(future(new Key(subject, attempt, type))).at();
  }

  /** The first such event of the first attempt; waits for it. */
  <T extends EventData> T said(String subject, Class<T> type) throws InterruptedException {
    return type.cast(get(future(new Key(subject, 1, type))).data());
  }

  private static <T> T get(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("nothing came for %d s".formatted(PATIENCE_SECONDS), e);
    }
  }

  @Override
  public void close() {
    tailer.close();
  }
}
