package dev.firebuild.simulation.kafka;

import dev.firebuild.coordinator.owner.Write;
import dev.firebuild.simulation.kafka.Transaction.Outcome;
import dev.firebuild.simulation.time.Chance;
import dev.firebuild.simulation.time.History;
import dev.firebuild.simulation.time.Timeline;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Transactions of owners: epochs of producers, offsets that fence, markers that come later. */
public final class Transactions {
  private static final long TRANSACTION = 5500 * Timeline.MILLI;

  private final Broker broker;
  private final Timeline time;
  private final Chance chance;
  private final History history;
  private final Map<String, Producer> producers = new TreeMap<>();
  private final Transaction.Offsets[] committed;
  private final int[] pendingOffsets;
  private Consumer<Transaction> onCommit = _ -> {};

  private static final class Producer {
    private int epoch;
    private Optional<Transaction> open = Optional.empty();
  }

  Transactions(Broker broker, Timeline time, Chance chance, History history) {
    this.broker = broker;
    this.time = time;
    this.chance = chance;
    this.history = history;
    this.committed = new Transaction.Offsets[broker.partitions()];
    Arrays.setAll(committed, p -> new Transaction.Offsets(p, 0, 0));
    this.pendingOffsets = new int[broker.partitions()];
  }

  /** Called with each transaction when it is decided that it counts. */
  public void onCommit(Consumer<Transaction> listener) {
    onCommit = listener;
  }

  /** A process becomes the producer {@code id}: what an earlier one has open is aborted. */
  public int initTransactions(String id) {
    Producer producer = producers.computeIfAbsent(id, _ -> new Producer());
    producer.epoch++;
    producer.open.ifPresent(open -> end(producer, open, Outcome.ABORTED));
    return producer.epoch;
  }

  /** Appends documents as part of the producer's transaction, which begins with it. */
  public void send(String id, int epoch, List<Write> writes) {
    Producer producer = current(id, epoch);
    Transaction transaction = new Transaction(id);
    producer.open = Optional.of(transaction);
    for (Write write : writes) {
      transaction.add(write);
      broker.state(write.partition()).append(time.now(), new StateLog.Stored(write, transaction));
    }
    time.after(TRANSACTION, () -> expire(producer, transaction));
  }

  /** Sends offsets to the transaction: refused, unless the member owns what they belong to. */
  public void sendOffsets(
      String id, int epoch, int token, int generation, List<Transaction.Offsets> offsets) {
    Producer producer = current(id, epoch);
    if (!broker.owners().admits(id, token, generation)) {
      throw new Broker.Refused("the group of owners does not know this member or generation");
    }
    setOffsets(open(producer), offsets);
  }

  /** The same without asking the group: what a broker would do if nobody sent it the generation. */
  public void sendOffsetsUnfenced(String id, int epoch, List<Transaction.Offsets> offsets) {
    setOffsets(open(current(id, epoch)), offsets);
  }

  private void setOffsets(Transaction transaction, List<Transaction.Offsets> offsets) {
    transaction.setOffsets(offsets);
    offsets.forEach(one -> pendingOffsets[one.partition()]++);
  }

  public void commit(String id, int epoch) {
    Producer producer = current(id, epoch);
    end(producer, open(producer), Outcome.COMMITTED);
  }

  private Producer current(String id, int epoch) {
    Producer producer = producers.computeIfAbsent(id, _ -> new Producer());
    if (producer.epoch != epoch) {
      throw new Broker.Refused("there is a newer producer with the same transactional id");
    }
    return producer;
  }

  private static Transaction open(Producer producer) {
    return producer.open.orElseThrow(() -> new Broker.Refused("no transaction is open"));
  }

  private void expire(Producer producer, Transaction transaction) {
    if (producer.open.filter(transaction::equals).isEmpty()) {
      return;
    }
    if (broker.isUp()) {
      producer.epoch++;
      end(producer, transaction, Outcome.ABORTED);
    } else {
      time.after(TRANSACTION, () -> expire(producer, transaction));
    }
  }

  private void end(Producer producer, Transaction transaction, Outcome outcome) {
    producer.open = Optional.empty();
    transaction.end(outcome);
    if (outcome == Outcome.COMMITTED) {
      onCommit.accept(transaction);
    } else if (history.wanted()) {
      history.add("broker", "aborts a transaction of " + transaction.owner());
    }
    for (int partition : transaction.partitions()) {
      time.after(chance.latency(), () -> mark(transaction, partition));
    }
    if (!transaction.offsets().isEmpty()) {
      time.after(chance.latency(), () -> markOffsets(transaction));
    }
  }

  /** The markers come to the partitions one by one, in no order. */
  private void mark(Transaction transaction, int partition) {
    if (broker.isUp()) {
      transaction.mark(partition);
      broker.state(partition).wake();
    } else {
      time.after(100 * Timeline.MILLI, () -> mark(transaction, partition));
    }
  }

  private void markOffsets(Transaction transaction) {
    if (!broker.isUp()) {
      time.after(100 * Timeline.MILLI, () -> markOffsets(transaction));
      return;
    }
    for (Transaction.Offsets next : transaction.offsets()) {
      pendingOffsets[next.partition()]--;
      if (transaction.outcome() == Outcome.COMMITTED) {
        committed[next.partition()] = next;
      }
    }
  }

  /** The committed offsets of {@code partition}, whatever is pending. */
  public Transaction.Offsets lastCommitted(int partition) {
    return committed[partition];
  }

  /** The committed offsets of {@code partition}; empty while a transaction with some is open. */
  public Optional<Transaction.Offsets> committed(int partition) {
    return pendingOffsets[partition] > 0 ? Optional.empty() : Optional.of(committed[partition]);
  }
}
