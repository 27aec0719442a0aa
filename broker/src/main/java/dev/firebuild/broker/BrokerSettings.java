package dev.firebuild.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The settings of the single node. Kafka takes them as strings only. */
final class BrokerSettings {
  static final int NODE_ID = 1;
  static final String CONTROLLER = "CONTROLLER";
  private static final String CLIENTS = "CLIENTS";

  private BrokerSettings() {}

  static Map<String, String> of(Path dataDir, BrokerAccess access, int controllerPort) {
    String controller = "127.0.0.1:" + controllerPort;
    Map<String, String> settings = new HashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", String.valueOf(NODE_ID));
    settings.put("controller.quorum.voters", NODE_ID + "@" + controller);
    settings.put("controller.listener.names", CONTROLLER);
    settings.put("inter.broker.listener.name", CLIENTS);
    settings.put(
        "listener.security.protocol.map",
        CLIENTS + ":SASL_PLAINTEXT," + CONTROLLER + ":SASL_PLAINTEXT");
    settings.put(
        "listeners", CLIENTS + "://" + access.bootstrap() + "," + CONTROLLER + "://" + controller);
    settings.put("advertised.listeners", CLIENTS + "://" + access.bootstrap());
    settings.put("log.dirs", dataDir.toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("log.message.timestamp.type", "LogAppendTime");
    settings.putAll(security(access));
    settings.putAll(alone());
    settings.putAll(quick());
    settings.putAll(small());
    return settings;
  }

  private static Map<String, String> security(BrokerAccess access) {
    return Map.of(
        "sasl.enabled.mechanisms", "PLAIN",
        "sasl.mechanism.inter.broker.protocol", "PLAIN",
        "sasl.mechanism.controller.protocol", "PLAIN",
        "listener.name.clients.plain.sasl.jaas.config", access.listenerLogin(),
        "listener.name.controller.plain.sasl.jaas.config", access.listenerLogin());
  }

  /** A single node holds every internal topic alone. */
  private static Map<String, String> alone() {
    return Map.of(
        "offsets.topic.replication.factor", "1",
        "offsets.topic.num.partitions", "1",
        "share.coordinator.state.topic.replication.factor", "1",
        "share.coordinator.state.topic.min.isr", "1",
        "share.coordinator.state.topic.num.partitions", "1",
        "transaction.state.log.replication.factor", "1",
        "transaction.state.log.min.isr", "1",
        "transaction.state.log.num.partitions", "1");
  }

  /** What makes a new worker, a dead one and a dead coordinator show in seconds or less. */
  private static Map<String, String> quick() {
    return Map.ofEntries(
        Map.entry("group.initial.rebalance.delay.ms", "0"),
        Map.entry("group.share.assignment.interval.ms", "0"),
        // A broker that is killed while it prepares a group hands nothing out before it tries
        // again: by default after 30 s.
        Map.entry("group.share.initialize.retry.interval.ms", "1000"),
        Map.entry("group.share.min.record.lock.duration.ms", "1000"),
        Map.entry("group.share.min.session.timeout.ms", "2000"),
        Map.entry("group.share.min.heartbeat.interval.ms", "500"),
        Map.entry("group.share.max.size", "1000"),
        // The default looks for timed-out transactions every 10 s: so long readers of documents
        // would wait for a coordinator that hangs.
        Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500"),
        Map.entry("add.partitions.to.txn.retry.backoff.ms", "1"));
  }

  /** A broker on a laptop: few threads, small files and buffers. */
  private static Map<String, String> small() {
    return Map.of(
        "num.network.threads", "2",
        "num.io.threads", "4",
        "background.threads", "2",
        // A lone controller has nobody to tell twice a second that it is there.
        "metadata.max.idle.interval.ms", "10000",
        "log.segment.bytes", "16777216",
        "log.index.size.max.bytes", "1048576",
        "log.cleaner.dedupe.buffer.size", "2097152");
  }
}
