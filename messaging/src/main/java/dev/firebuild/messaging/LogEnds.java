package dev.firebuild.messaging;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** Where partitions end now. */
final class LogEnds {
  private LogEnds() {}

  /**
   * The offset after the last record of each of {@code partitions}.
   *
   * @param isolation {@code READ_UNCOMMITTED}: also of transactions that are open
   */
  static KafkaFuture<Map<TopicPartition, Long>> of(
      Admin admin, Collection<TopicPartition> partitions, IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> latest =
        partitions.stream()
            .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest()));
    return admin
        .listOffsets(latest, new ListOffsetsOptions(isolation))
        .all()
        .thenApply(ends -> {
          Map<TopicPartition, Long> offsets = new HashMap<>();
          ends.forEach((partition, end) -> offsets.put(partition, end.offset()));
          return offsets;
        });
  }
}
