package dev.firebuild.messaging;

import dev.firebuild.protocol.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/**
 * How this process talks to Kafka.
 *
 * @param client properties of every client, {@code bootstrap.servers} among them: TLS, SASL and
 *     whatever else Kafka's clients know
 * @param topics the names
 * @param partitions of the event, command and state topics, which lie beside each other
 * @param replication of every topic
 * @param sizes the most bytes of a record
 */
public record KafkaSettings(
    Map<String, String> client, Topics topics, int partitions, int replication, Sizes sizes) {
  private static final int PARTITIONS = 12;

  public KafkaSettings {
    client = Map.copyOf(client);
    if (!client.containsKey("bootstrap.servers")) {
      throw new IllegalArgumentException(
          "bootstrap.servers: is required, for example 127.0.0.1:9092");
    }
  }

  /**
   * The most bytes of a record, by topic.
   *
   * @param requests request and command topics
   * @param events also of documents, which repeat the request
   * @param deadLetters a dead letter repeats at most the first part of its source
   */
  public record Sizes(int requests, int events, int deadLetters) {
    /** A claim repeats its request, of at most 1 MiB. */
    public static final Sizes DEFAULT = new Sizes(4 << 20, 2 << 20, 8 << 20);
  }

  /** A broker on its own with {@code client} properties and the default names. */
  public static KafkaSettings of(Map<String, String> client) {
    return new KafkaSettings(client, Topics.DEFAULT, PARTITIONS, 1, Sizes.DEFAULT);
  }

  public KafkaSettings withTopics(Topics names) {
    return new KafkaSettings(client, names, partitions, replication, sizes);
  }

  public KafkaSettings withReplication(int copies) {
    return new KafkaSettings(client, topics, partitions, copies, sizes);
  }

  /** An admin client. */
  public Admin admin(String clientId) {
    return Admin.create(with(clientId, Map.of("default.api.timeout.ms", "30000")));
  }

  /** The client properties with {@code own}, of which {@code client} has the last word. */
  Map<String, Object> with(String clientId, Map<String, ?> own) {
    Map<String, Object> all = new HashMap<>();
    all.put("client.id", clientId);
    // After an outage clients come back within a second, and log about once per second meanwhile.
    all.put("reconnect.backoff.ms", "200");
    all.put("reconnect.backoff.max.ms", "1000");
    // Clients that report to the broker's own metrics cost each an idle request now and then.
    all.put("enable.metrics.push", "false");
    all.putAll(own);
    all.putAll(client);
    return all;
  }
}
