package dev.firebuild.messaging;

import dev.firebuild.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the topics that are missing and the share groups' configuration, before anything is
 * published, and reads back what the cluster really allows.
 */
public final class TopicAdmin {
  private static final Logger log = LoggerFactory.getLogger(TopicAdmin.class);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration FIRST_ANSWER = Duration.ofSeconds(5);

  /** A group's first member must get what was sent before it came; leases end in seconds. */
  private static final Map<String, String> GROUP =
      Map.of(
          "share.auto.offset.reset", "earliest",
          "share.record.lock.duration.ms", "15000",
          "share.heartbeat.interval.ms", "1000",
          "share.session.timeout.ms", "6000",
          "share.delivery.count.limit", "10");

  private final Admin admin;
  private final KafkaSettings settings;

  private TopicAdmin(Admin admin, KafkaSettings settings) {
    this.admin = admin;
    this.settings = settings;
  }

  /**
   * What the cluster is and allows.
   *
   * @param cluster its id
   * @param partitions of the event, command and state topics
   * @param sizes the most bytes of a record
   */
  public record Allowed(String cluster, int partitions, KafkaSettings.Sizes sizes) {}

  /**
   * Sees to it that everything is there. Safe to be called by several processes at once. While
   * Kafka does not answer it is waited for, however long: who comes up during an outage goes on
   * after it, as those do that were up before.
   *
   * @throws TopicException if Kafka refuses, or has topics that do not fit together
   */
  public static Allowed ensure(KafkaSettings settings) throws InterruptedException {
    String server = String.valueOf(settings.client().get("bootstrap.servers"));
    return new KafkaWait(server, Thread::sleep)
        .until(() -> {
          try (Admin admin = settings.admin("firebuild-admin")) {
            awaitNodes(admin);
            return new TopicAdmin(admin, settings).ensure();
          }
        });
  }

  /** Asks for as little as there is, so that silence is noticed soon. */
  private static void awaitNodes(Admin admin)
      throws InterruptedException, ExecutionException, TimeoutException {
    int patience = (int) FIRST_ANSWER.toMillis();
    var _ = await(admin.describeCluster(new DescribeClusterOptions().timeoutMs(patience)).nodes());
  }

  private Allowed ensure() throws InterruptedException, ExecutionException, TimeoutException {
    configureGroups();
    Set<String> created = new TreeSet<>();
    Collection<NewTopic> wanted = TopicPlan.of(settings);
    for (NewTopic topic : wanted) {
      if (create(topic)) {
        created.add(topic.name());
      }
    }
    Map<String, TopicDescription> topics =
        awaitLeaders(wanted.stream().map(NewTopic::name).toList());
    warmUp(created, topics);
    return allowed(topics);
  }

  private void configureGroups() throws InterruptedException, ExecutionException, TimeoutException {
    Topics names = settings.topics();
    for (String group : List.of(names.builders(), names.runners())) {
      Collection<AlterConfigOp> changes =
          GROUP.entrySet().stream()
              .map(e -> new ConfigEntry(e.getKey(), e.getValue()))
              .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
              .toList();
      ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
      await(admin.incrementalAlterConfigs(Map.of(resource, changes)).all());
    }
  }

  private boolean create(NewTopic topic)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      await(admin.createTopics(List.of(topic)).all());
      log.atInfo().addKeyValue("topic", topic.name()).log("topic created");
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return false;
      }
      throw e;
    }
  }

  private Map<String, TopicDescription> awaitLeaders(List<String> names)
      throws InterruptedException, ExecutionException, TimeoutException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        Map<String, TopicDescription> topics = await(admin.describeTopics(names).allTopicNames());
        if (topics.values().stream()
            .flatMap(topic -> topic.partitions().stream())
            .allMatch(partition -> partition.leader() != null)) {
          return topics;
        }
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("the topics have no leaders after a minute");
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private void warmUp(Set<String> created, Map<String, TopicDescription> topics)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (created.isEmpty()) {
      return;
    }
    Map<String, Object> properties =
        settings.with("firebuild-warm-up", Map.of("acks", "all", "linger.ms", "0"));
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (String topic : created) {
        for (var partition : described(topics, topic).partitions()) {
          sent.add(producer.send(WarmUp.record(topic, partition.partition())));
        }
      }
      List<RecordMetadata> written = new ArrayList<>();
      for (Future<RecordMetadata> one : sent) {
        written.add(one.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
      }
      forgetWarmUp(written);
    }
  }

  /**
   * Nobody shall read the first records, which are no events. Compacted topics refuse this; there
   * they are tombstones like any other. One that is not the first stays: somebody else's record is
   * before it.
   */
  private void forgetWarmUp(List<RecordMetadata> written)
      throws InterruptedException, TimeoutException {
    Map<TopicPartition, RecordsToDelete> first = new HashMap<>();
    written.stream()
        .filter(record -> record.offset() == 0 && !record.topic().equals(settings.topics().state()))
        .forEach(record ->
            first.put(
                new TopicPartition(record.topic(), record.partition()),
                RecordsToDelete.beforeOffset(1)));
    try {
      var _ = await(admin.deleteRecords(first).all());
    } catch (ExecutionException e) {
      // Whoever reads them skips them; only foreign readers wonder.
      log.atInfo()
          .addKeyValue("reason", e.getCause())
          .log("the first records of new topics cannot be deleted");
    }
  }

  private Allowed allowed(Map<String, TopicDescription> topics)
      throws InterruptedException, ExecutionException, TimeoutException {
    Topics names = settings.topics();
    int partitions = partitions(topics, names.events());
    for (String topic : List.of(names.commands(), names.state())) {
      if (partitions(topics, topic) != partitions) {
        throw new TopicException(
            "topic %s has %d partitions and %s has %d; they must have the same number: make one of them anew"
                .formatted(names.events(), partitions, topic, partitions(topics, topic)));
      }
    }
    for (String topic : List.of(names.buildRequests(), names.runRequests())) {
      if (partitions(topics, topic) != 1) {
        throw new TopicException(
            "topic %s has %d partitions; request topics have 1, so that a lost worker's requests come back at once"
                .formatted(topic, partitions(topics, topic)));
      }
    }
    List<ConfigResource> resources =
        topics.keySet().stream()
            .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
            .toList();
    Map<ConfigResource, Config> configs = await(admin.describeConfigs(resources).all());
    configs.forEach(TopicAdmin::requireAppendTime);
    return new Allowed(
        await(admin.describeCluster().clusterId()),
        partitions,
        new KafkaSettings.Sizes(
            size(configs, names.buildRequests()),
            Math.min(size(configs, names.events()), size(configs, names.state())),
            size(configs, names.deadLetters())));
  }

  private static int partitions(Map<String, TopicDescription> topics, String name) {
    return described(topics, name).partitions().size();
  }

  private static TopicDescription described(Map<String, TopicDescription> topics, String name) {
    TopicDescription topic = topics.get(name);
    if (topic == null) {
      throw new TopicException("Kafka did not describe the topic " + name);
    }
    return topic;
  }

  private static void requireAppendTime(ConfigResource topic, Config config) {
    String type = config.get("message.timestamp.type").value();
    if (!type.equals("LogAppendTime")) {
      throw new TopicException(
          "topic %s has message.timestamp.type=%s; set it to LogAppendTime: no producer's clock may count"
              .formatted(topic.name(), type));
    }
  }

  private static int size(Map<ConfigResource, Config> configs, String topic) {
    Config config = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, topic));
    if (config == null) {
      throw new TopicException("Kafka did not tell the configuration of the topic " + topic);
    }
    return Integer.parseInt(config.get("max.message.bytes").value());
  }

  private static <T> T await(org.apache.kafka.common.KafkaFuture<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
