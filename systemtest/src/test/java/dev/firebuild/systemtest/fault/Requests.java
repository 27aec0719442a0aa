package dev.firebuild.systemtest.fault;

import dev.firebuild.messaging.KafkaSettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** The queue of build requests as the broker sees it. */
final class Requests {
  private Requests() {}

  /** All before this offset is accepted. */
  static long accepted(Admin admin, KafkaSettings settings)
      throws ExecutionException, InterruptedException {
    String group = settings.topics().builders();
    TopicPartition partition = partition(settings);
    return admin
        .listShareGroupOffsets(
            Map.of(group, new ListShareGroupOffsetsSpec().topicPartitions(List.of(partition))))
        .partitionsToOffsetInfo(group)
        .get()
        .get(partition)
        .startOffset();
  }

  static long end(Admin admin, KafkaSettings settings)
      throws ExecutionException, InterruptedException {
    TopicPartition partition = partition(settings);
    return admin
        .listOffsets(Map.of(partition, OffsetSpec.latest()))
        .partitionResult(partition)
        .get()
        .offset();
  }

  private static TopicPartition partition(KafkaSettings settings) {
    return new TopicPartition(settings.topics().buildRequests(), 0);
  }
}
