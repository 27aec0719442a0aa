package dev.firebuild.coordinator.owner.kafka;

import dev.firebuild.coordinator.owner.News;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.messaging.Tidings;
import dev.firebuild.protocol.decision.Rules;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.CoordinatorEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.WorkerEvent;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.RunRequest;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the owner must know of all partitions, its own ones or not. */
record ClusterNews(Rules rules, Consumer<News> cluster) implements Tidings {
  @Override
  public void stored(Document document) {
    cluster.accept(new News.Stored(document));
  }

  @Override
  public void forgotten(String key) {
    cluster.accept(new News.Forgotten(key));
  }

  @Override
  public void requested(ConsumerRecord<String, byte[]> record, BuildRequest request) {
    queued(
        record,
        rules
            .builds()
            .unclaimed(
                request.id().orElseThrow(), request, RequestCodec.attemptOf(record), at(record)));
  }

  @Override
  public void requested(ConsumerRecord<String, byte[]> record, RunRequest request) {
    queued(
        record,
        rules
            .vms()
            .unclaimed(
                request.id().orElseThrow(), request, RequestCodec.attemptOf(record), at(record)));
  }

  private static Instant at(ConsumerRecord<String, byte[]> record) {
    return Instant.ofEpochMilli(record.timestamp());
  }

  private void queued(ConsumerRecord<String, byte[]> record, Work document) {
    cluster.accept(new News.Queued(record.topic(), record.offset(), document));
  }

  /** Who lives is all that counts of it: the rest is told by documents. */
  @Override
  public void heard(Event event) {
    if (event.data() instanceof WorkerEvent || event.data() instanceof CoordinatorEvent) {
      cluster.accept(new News.Heard(event));
    }
  }
}
