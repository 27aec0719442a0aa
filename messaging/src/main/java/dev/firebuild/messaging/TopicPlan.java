package dev.firebuild.messaging;

import dev.firebuild.protocol.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;

/** The topics of an installation as they are made. */
final class TopicPlan {
  private TopicPlan() {}

  static List<NewTopic> of(KafkaSettings settings) {
    Topics names = settings.topics();
    KafkaSettings.Sizes sizes = settings.sizes();
    int many = settings.partitions();
    return List.of(
        topic(settings, names.buildRequests(), 1, requests(sizes)),
        topic(settings, names.runRequests(), 1, requests(sizes)),
        topic(settings, names.events(), many, aged(Duration.ofDays(7), sizes.events())),
        topic(settings, names.commands(), many, aged(Duration.ofDays(1), sizes.events())),
        topic(settings, names.state(), many, state(sizes)),
        topic(settings, names.deadLetters(), 1, aged(Duration.ofDays(30), sizes.deadLetters())));
  }

  private static NewTopic topic(
      KafkaSettings settings, String name, int partitions, Map<String, String> config) {
    Map<String, String> all = new HashMap<>(config);
    all.put("message.timestamp.type", "LogAppendTime");
    return new NewTopic(name, partitions, (short) settings.replication()).configs(all);
  }

  /** Nothing is deleted by age: the coordinator deletes what the share group has behind it. */
  private static Map<String, String> requests(KafkaSettings.Sizes sizes) {
    return Map.of(
        "cleanup.policy", "delete",
        "retention.ms", "-1",
        "max.message.bytes", String.valueOf(sizes.requests()));
  }

  private static Map<String, String> aged(Duration age, int bytes) {
    return Map.of(
        "cleanup.policy", "delete",
        "retention.ms", String.valueOf(age.toMillis()),
        "max.message.bytes", String.valueOf(bytes));
  }

  private static Map<String, String> state(KafkaSettings.Sizes sizes) {
    return Map.of(
        "cleanup.policy", "compact",
        // An hour of every document's history is there for whoever looks for a defect.
        "min.compaction.lag.ms", String.valueOf(Duration.ofHours(1).toMillis()),
        "max.message.bytes", String.valueOf(sizes.events()));
  }
}
