package dev.firebuild.messaging;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends transactions of owners that lie open in a partition while the broker's transaction
 * coordinator knows of none: a broker that is killed within one may begin again so, and then nobody
 * reads what was committed behind it, for ever. Documents and offsets are one transaction, so an
 * owner decides again on what such a one would have decided.
 */
final class HangingTransactions {
  private static final Logger log = LoggerFactory.getLogger(HangingTransactions.class);
  private static final int LIMIT_SECONDS = 10;
  private static final String OFFSETS = "__consumer_offsets";

  private static final Set<TransactionState> OVER =
      Set.of(
          TransactionState.EMPTY,
          TransactionState.COMPLETE_COMMIT,
          TransactionState.COMPLETE_ABORT);

  private final KafkaSettings settings;
  private final String id;

  HangingTransactions(KafkaSettings settings, String id) {
    this.settings = settings;
    this.id = id;
  }

  /** One that is open in a partition. */
  private record Open(TopicPartition partition, ProducerState producer) {}

  /** Ends those in {@code documents} and in the offsets of all groups. */
  void end(Admin admin, Set<TopicPartition> documents) {
    try {
      Set<TopicPartition> partitions = new HashSet<>(documents);
      partitions.addAll(offsets(admin));
      Set<Open> open = open(admin, partitions);
      if (open.isEmpty()) {
        return;
      }
      Set<Long> over = over(admin, open);
      for (Open transaction : open) {
        if (over.contains(transaction.producer().producerId())) {
          abort(admin, transaction);
        }
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      // Without it owners wait as they did before.
      log.atWarn()
          .addKeyValue("owner", id)
          .addKeyValue("reason", e.toString())
          .log("cannot look for hanging transactions");
    }
  }

  private static Set<TopicPartition> offsets(Admin admin)
      throws InterruptedException, ExecutionException, TimeoutException {
    int count =
        admin
            .describeTopics(Set.of(OFFSETS))
            .allTopicNames()
            .get(LIMIT_SECONDS, TimeUnit.SECONDS)
            .values()
            .stream()
            .mapToInt(topic -> topic.partitions().size())
            .sum();
    return IntStream.range(0, count)
        .mapToObj(partition -> new TopicPartition(OFFSETS, partition))
        .collect(Collectors.toSet());
  }

  private static Set<Open> open(Admin admin, Collection<TopicPartition> partitions)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, PartitionProducerState> states =
        admin.describeProducers(partitions).all().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    Set<Open> open = new HashSet<>();
    states.forEach((partition, state) ->
        state.activeProducers().stream()
            .filter(producer -> producer.currentTransactionStartOffset().isPresent())
            .forEach(producer -> open.add(new Open(partition, producer))));
    return open;
  }

  /**
   * Which producers of {@code open} are owners that are in no transaction, as their coordinator
   * says.
   */
  private Set<Long> over(Admin admin, Set<Open> open)
      throws InterruptedException, ExecutionException, TimeoutException {
    Set<Long> producers =
        open.stream().map(o -> o.producer().producerId()).collect(Collectors.toSet());
    Set<String> owners =
        admin
            .listTransactions(new ListTransactionsOptions().filterProducerIds(producers))
            .all()
            .get(LIMIT_SECONDS, TimeUnit.SECONDS)
            .stream()
            .map(TransactionListing::transactionalId)
            .filter(owner -> owner.startsWith(settings.topics().prefix() + "-owner-"))
            .collect(Collectors.toSet());
    Map<String, TransactionDescription> all =
        admin.describeTransactions(owners).all().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    return all.values().stream()
        .filter(transaction -> OVER.contains(transaction.state()))
        .map(TransactionDescription::producerId)
        .collect(Collectors.toSet());
  }

  /** By its epoch: one that began since is of a higher one. */
  private void abort(Admin admin, Open open)
      throws InterruptedException, ExecutionException, TimeoutException {
    ProducerState producer = open.producer();
    log.atWarn()
        .addKeyValue("owner", id)
        .addKeyValue("partition", open.partition())
        .addKeyValue("producer", producer.producerId())
        .addKeyValue("epoch", producer.producerEpoch())
        .log("a transaction that the broker has forgotten is ended");
    admin
        .abortTransaction(
            new AbortTransactionSpec(
                open.partition(),
                producer.producerId(),
                (short) producer.producerEpoch(),
                producer.coordinatorEpoch().orElse(0)))
        .all()
        .get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }
}
