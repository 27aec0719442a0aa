package dev.firebuild.coordinator.owner.kafka;

import dev.firebuild.coordinator.owner.QueueWatch;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.protocol.Topics;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far the share groups are, and the deletion of what they have behind them. */
final class ShareGroups implements QueueWatch, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ShareGroups.class);

  private final Admin admin;
  private final Topics topics;
  private final Queue<Start> starts = new ConcurrentLinkedQueue<>();

  ShareGroups(KafkaSettings settings, String id) {
    this.admin = settings.admin(id + "-queue-watch");
    this.topics = settings.topics();
  }

  @Override
  public void ask() {
    ask(topics.builders(), topics.buildRequests());
    ask(topics.runners(), topics.runRequests());
  }

  private void ask(String group, String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    var _ =
        admin
            .listShareGroupOffsets(
                Map.of(group, new ListShareGroupOffsetsSpec().topicPartitions(List.of(partition))))
            .partitionsToOffsetInfo(group)
            .whenComplete((offsets, failure) -> {
              var info = failure == null ? offsets.get(partition) : null;
              // Without any worker so far there is no group, and nothing is behind it.
              if (info != null && info.startOffset() > 0) {
                starts.add(new Start(topic, info.startOffset()));
              }
            });
  }

  @Override
  public void drain(Consumer<Start> consumer) {
    for (Start start = starts.poll(); start != null; start = starts.poll()) {
      consumer.accept(start);
    }
  }

  @Override
  public void deleteBefore(String topic, long offset) {
    var _ =
        admin
            .deleteRecords(
                Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
            .all()
            .whenComplete((_, failure) -> {
              if (failure != null) {
                log.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("reason", failure.toString())
                    .log("old requests cannot be deleted yet");
              }
            });
  }

  @Override
  public void close() {
    admin.close(java.time.Duration.ofSeconds(2));
  }
}
