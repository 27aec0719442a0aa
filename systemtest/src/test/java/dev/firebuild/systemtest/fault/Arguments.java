package dev.firebuild.systemtest.fault;

import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.protocol.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The first arguments of a process of these tests, and how it finds its Kafka. */
record Arguments(List<String> own, KafkaSettings settings) {
  List<String> toList() {
    List<String> all = new ArrayList<>();
    all.add(String.valueOf(own.size()));
    all.addAll(own);
    all.add(settings.topics().prefix());
    all.add(String.valueOf(settings.partitions()));
    settings.client().forEach((name, value) -> all.addAll(List.of(name, value)));
    return all;
  }

  static Arguments of(String... all) {
    int first = Integer.parseInt(all[0]) + 1;
    Map<String, String> client = new TreeMap<>();
    for (int i = first + 2; i < all.length; i += 2) {
      client.put(all[i], all[i + 1]);
    }
    return new Arguments(
        List.of(all).subList(1, first),
        settings(client, all[first], Integer.parseInt(all[first + 1])));
  }

  /** Those of an installation of its own within a broker. */
  static KafkaSettings settings(Map<String, String> client, String prefix, int partitions) {
    return new KafkaSettings(
        client, new Topics(prefix), partitions, 1, KafkaSettings.Sizes.DEFAULT);
  }
}
