package dev.firebuild.coordinator.feed;

import dev.firebuild.coordinator.view.Views;
import dev.firebuild.messaging.DeadLetters;
import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.messaging.Tailer;
import dev.firebuild.messaging.Tidings;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.WorkerEvent;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.DeadLetterMark;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.resource.DeadLetterResource;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads all topics that the views and the event feed are made of: documents and requests from their
 * beginning, of the events only the latest. What happened before shows in the documents, and who
 * wants the events themselves gets them from the log. One other may follow all of it.
 *
 * <p>Two readers, as only documents are written in transactions: what others write in one shows at
 * once, as the queue hands it out at once, and a transaction of theirs that hangs holds nothing up.
 */
public final class Tail implements AutoCloseable {
  /** Events to begin with, of each partition; the memory of {@link RecentEvents} holds no more. */
  private static final int LATEST = 2000;

  private static final int READERS = 2;

  private final KafkaSettings kafka;
  private final String id;
  private final Topics topics;
  private final Views views;
  private final RecentEvents recent;
  private volatile List<Tailer> tailers = List.of();

  /** Will read into {@code views} and {@code recent}; {@code id} names the clients. */
  public Tail(KafkaSettings kafka, String id, Views views, RecentEvents recent) {
    this.kafka = kafka;
    this.id = id;
    this.topics = kafka.topics();
    this.views = views;
    this.recent = recent;
  }

  /**
   * Starts reading.
   *
   * @param follower is told of all that is read, but of the events only those from now on
   */
  public void start(Tidings follower) {
    Tailer documents =
        Tailer.start(
            kafka,
            id + "-documents",
            List.of(Tailer.Subscription.fromBeginning(topics.state())),
            IsolationLevel.READ_COMMITTED,
            new Documents(follower));
    tailers = List.of(documents);
    Tailer events =
        Tailer.start(
            kafka,
            id + "-events",
            List.of(
                Tailer.Subscription.fromBeginning(topics.buildRequests()),
                Tailer.Subscription.fromBeginning(topics.runRequests()),
                Tailer.Subscription.latest(topics.deadLetters(), Views.LETTER_LIMIT),
                Tailer.Subscription.latest(topics.events(), LATEST)),
            IsolationLevel.READ_UNCOMMITTED,
            new Happenings(follower));
    tailers = List.of(documents, events);
  }

  /** Whether all is read that was there at the start. */
  public boolean hasCaughtUp() {
    List<Tailer> all = tailers;
    return all.size() == READERS && all.stream().allMatch(Tail::isDone);
  }

  /** Completes when all is read, and the follower was told of it, that is there now. */
  public CompletableFuture<Void> readToEnd() {
    return CompletableFuture.allOf(
        tailers.stream().map(Tailer::readToEnd).toArray(CompletableFuture[]::new));
  }

  private static boolean isDone(Tailer tailer) {
    return tailer.caughtUp().isDone() && !tailer.caughtUp().isCompletedExceptionally();
  }

  /** The event of a record, if it is one; output is left unread. */
  public static Optional<StoredEvent> decode(ConsumerRecord<String, byte[]> record) {
    return EventCodec.decodeButOutput(record)
        .map(event ->
            new StoredEvent(
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.serializedValueSize(),
                event));
  }

  @Override
  public void close() {
    tailers.forEach(Tailer::close);
  }

  private final class Documents implements Tailer.Listener {
    private final Tidings follower;

    Documents(Tidings follower) {
      this.follower = follower;
    }

    @Override
    public void onRecord(ConsumerRecord<String, byte[]> record) {
      if (record.value() == null) {
        follower.forgotten(record.key());
        views.removeDocument(record.key());
      } else {
        DocumentCodec.decode(record.key(), record.value())
            .ifPresent(document -> {
              follower.stored(document);
              views.apply(document);
            });
      }
    }

    @Override
    public void onBatchEnd() {
      views.signal();
    }
  }

  private final class Happenings implements Tailer.Listener {
    /** Where what is new begins, of the partitions of which only older events are read so far. */
    private final Map<Integer, Long> news = new HashMap<>();

    private final Tidings follower;

    Happenings(Tidings follower) {
      this.follower = follower;
    }

    @Override
    public void onBegin(TopicPartition partition, long offset, boolean oldest, long end) {
      if (partition.topic().equals(topics.events())) {
        news.put(partition.partition(), end);
        recent.begin(partition.partition(), offset, oldest);
        if (!oldest) {
          views.subjects().leftOut(partition.partition());
        }
      }
    }

    @Override
    public void onRecord(ConsumerRecord<String, byte[]> record) {
      if (record.topic().equals(topics.events())) {
        happened(record);
      } else if (record.topic().equals(topics.deadLetters())) {
        DeadLetters.decode(record).ifPresent(entry -> buried(record.offset(), entry));
      } else if (record.value() != null) {
        requested(record);
      }
    }

    @Override
    public void onBatchEnd() {
      views.signal();
      recent.signal();
    }

    private void buried(long offset, DeadLetters.Entry entry) {
      switch (entry) {
        case DeadLetters.Entry.Letter(DeadLetterResource letter) ->
            views.letters().add(offset, letter);
        case DeadLetters.Entry.Mark(DeadLetterMark mark) -> views.letters().apply(mark);
      }
    }

    private void happened(ConsumerRecord<String, byte[]> record) {
      Optional<StoredEvent> stored = decode(record);
      if (stored.isEmpty()) {
        recent.skip(record.partition(), record.offset());
        return;
      }
      Event event = stored.get().event();
      if (isNew(record)) {
        follower.heard(event);
      }
      views.subjects().add(record.partition(), record.offset(), record.timestamp(), event);
      if (event.data() instanceof WorkerEvent said) {
        views.workers().apply(event.subject(), said, Instant.ofEpochMilli(record.timestamp()));
      }
      recent.add(stored.get());
    }

    /** The first event that is new makes all new that come after it, whatever their offsets. */
    private boolean isNew(ConsumerRecord<String, byte[]> record) {
      Long end = news.get(record.partition());
      if (end != null && record.offset() < end) {
        return false;
      }
      news.remove(record.partition());
      return true;
    }

    /** What cannot be read is for the dead letters; a worker puts it there. */
    private void requested(ConsumerRecord<String, byte[]> record) {
      Instant at = Instant.ofEpochMilli(record.timestamp());
      try {
        if (record.topic().equals(topics.buildRequests())) {
          BuildRequest request = RequestCodec.build(record);
          follower.requested(record, request);
          request.id().ifPresent(id -> views.applyRequest(id, request, at));
        } else {
          RunRequest request = RequestCodec.run(record);
          follower.requested(record, request);
          request.id().ifPresent(id -> views.applyRequest(id, request, at));
        }
      } catch (IllegalArgumentException e) {
        // Not a request.
      }
    }
  }
}
