package dev.firebuild.systemtest.fault;

import dev.firebuild.messaging.KafkaSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.TopicPartition;

/** The queue of build requests as the broker sees it. */
final class Requests {
  private Requests() {}

  /** How many are not accepted; empty as long as none is. */
  static Optional<Long> open(Admin admin, KafkaSettings settings)
      throws ExecutionException, InterruptedException {
    String group = settings.topics().builders();
    TopicPartition partition = new TopicPartition(settings.topics().buildRequests(), 0);
    return Optional.ofNullable(
            admin
                .listShareGroupOffsets(
                    Map.of(
                        group, new ListShareGroupOffsetsSpec().topicPartitions(List.of(partition))))
                .partitionsToOffsetInfo(group)
                .get()
                .get(partition))
        .flatMap(SharePartitionOffsetInfo::lag);
  }
}
