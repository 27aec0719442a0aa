package dev.firebuild.coordinator.owner.kafka;

import dev.firebuild.coordinator.owner.Cluster;
import dev.firebuild.coordinator.owner.News;
import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.messaging.Tailer;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.decision.Rules;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.RunRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads all partitions for what the owner must know of the others. */
final class ClusterFeed implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterFeed.class);
  private static final Set<String> WORKERS =
      Stream.of(
              EventType.WORKER_STARTED,
              EventType.WORKER_HEARTBEAT,
              EventType.WORKER_STOPPING,
              EventType.COORDINATOR_HEARTBEAT)
          .map(EventType::type)
          .collect(Collectors.toSet());

  private final Topics topics;
  private final Cluster cluster;
  private final Tailer tailer;

  /**
   * @param made makes the cluster from what waits until all requests are read
   */
  ClusterFeed(KafkaSettings settings, String id, Function<BooleanSupplier, Cluster> made) {
    this.topics = settings.topics();
    this.cluster = made.apply(this::readToEnd);
    this.tailer =
        Tailer.start(
            settings,
            id + "-cluster",
            List.of(
                Tailer.Subscription.fromBeginning(topics.buildRequests()),
                Tailer.Subscription.fromBeginning(topics.runRequests()),
                Tailer.Subscription.fromBeginning(topics.state()),
                Tailer.Subscription.fromEnd(topics.events())),
            IsolationLevel.READ_COMMITTED,
            this::onRecord);
  }

  Cluster cluster() {
    return cluster;
  }

  private void onRecord(ConsumerRecord<String, byte[]> record) {
    if (!record.topic().equals(topics.events())
        || EventCodec.typeOf(record).filter(WORKERS::contains).isPresent()) {
      read(record).ifPresent(cluster::add);
    }
  }

  private Optional<News> read(ConsumerRecord<String, byte[]> record) {
    if (record.topic().equals(topics.events())) {
      return EventCodec.decode(record).map(News.Heard::new);
    }
    if (!record.topic().equals(topics.state())) {
      return queued(record);
    }
    if (record.key() == null) {
      return Optional.empty();
    }
    if (record.value() == null) {
      return Optional.of(new News.Forgotten(record.key()));
    }
    return DocumentCodec.decode(record.key(), record.value()).map(News.Stored::new);
  }

  /** What cannot be read is the workers' business. */
  private Optional<News> queued(ConsumerRecord<String, byte[]> record) {
    try {
      Instant at = Instant.ofEpochMilli(record.timestamp());
      int attempt = RequestCodec.attemptOf(record);
      Work document;
      if (record.topic().equals(topics.buildRequests())) {
        BuildRequest request = RequestCodec.build(record);
        document =
            Rules.STANDARD.builds().unclaimed(request.id().orElseThrow(), request, attempt, at);
      } else {
        RunRequest request = RequestCodec.run(record);
        document = Rules.STANDARD.vms().unclaimed(request.id().orElseThrow(), request, attempt, at);
      }
      return Optional.of(new News.Queued(record.topic(), record.offset(), document));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private boolean readToEnd() {
    try {
      tailer.readToEnd().get(1, TimeUnit.SECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.atDebug().addKeyValue("reason", e.toString()).log("not everything is read to the end");
    }
    return false;
  }

  @Override
  public void close() {
    tailer.close();
  }
}
