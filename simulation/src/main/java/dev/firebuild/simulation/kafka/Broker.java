package dev.firebuild.simulation.kafka;

import dev.firebuild.coordinator.owner.Write;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.simulation.kafka.Transaction.Outcome;
import dev.firebuild.simulation.time.Chance;
import dev.firebuild.simulation.time.History;
import dev.firebuild.simulation.time.Timeline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The one broker: logs, groups, transactions; away now and then, never forgetful. */
public final class Broker {
  private static final long TRANSACTION = 5500 * Timeline.MILLI;

  private final Timeline time;
  private final Chance chance;
  private final History history;
  private final int partitions;
  private final List<Log<Event>> events;
  private final List<Log<Commanded>> commands;
  private final List<StateLog> states;
  private final Log<Request> buildRequests = new Log<>("build-requests");
  private final Log<Request> runRequests = new Log<>("run-requests");
  private final Log<String> deadLetters = new Log<>("dead-letters");
  private final ShareGroup builders;
  private final ShareGroup runners;
  private final OwnerGroup owners;
  private final Map<String, Producer> producers = new TreeMap<>();
  private final Transaction.Offsets[] committed;
  private final int[] pendingOffsets;
  private Consumer<Transaction> onCommit = _ -> {};
  private Consumer<Event> onEvent = _ -> {};
  private boolean up = true;

  /** A record of the command topic. */
  public record Commanded(String subject, Command command) {}

  /** What the broker refuses a client for good: it must begin anew. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String reason) {
      super(reason);
    }
  }

  private static final class Producer {
    private int epoch;
    private Optional<Transaction> open = Optional.empty();
  }

  /**
   * @param deliveries how often a share group hands a record out at most
   */
  public Broker(Timeline time, Chance chance, History history, int partitions, int deliveries) {
    this.time = time;
    this.chance = chance;
    this.history = history;
    this.partitions = partitions;
    this.events = all(p -> new Log<>("events-" + p));
    this.commands = all(p -> new Log<>("commands-" + p));
    this.states = all(StateLog::new);
    this.builders = new ShareGroup(buildRequests, time, chance, history, deliveries);
    this.runners = new ShareGroup(runRequests, time, chance, history, deliveries);
    this.owners = new OwnerGroup(time, history, partitions);
    this.committed = new Transaction.Offsets[partitions];
    Arrays.setAll(committed, p -> new Transaction.Offsets(p, 0, 0));
    this.pendingOffsets = new int[partitions];
    time.after(Timeline.SECOND, this::expire);
  }

  private <T> List<T> all(java.util.function.IntFunction<T> make) {
    return IntStream.range(0, partitions).mapToObj(make).toList();
  }

  public int partitions() {
    return partitions;
  }

  public int partitionOf(String subject) {
    return Math.floorMod(subject.hashCode(), partitions);
  }

  public Log<Event> events(int partition) {
    return events.get(partition);
  }

  public Log<Commanded> commands(int partition) {
    return commands.get(partition);
  }

  public StateLog state(int partition) {
    return states.get(partition);
  }

  public Log<Request> buildRequests() {
    return buildRequests;
  }

  public Log<Request> runRequests() {
    return runRequests;
  }

  public Log<String> deadLetters() {
    return deadLetters;
  }

  public ShareGroup builders() {
    return builders;
  }

  public ShareGroup runners() {
    return runners;
  }

  public OwnerGroup owners() {
    return owners;
  }

  /** Called with each transaction when it is decided that it counts. */
  public void onCommit(Consumer<Transaction> listener) {
    onCommit = listener;
  }

  /** Called with each event when it is stored. */
  public void onEvent(Consumer<Event> listener) {
    onEvent = listener;
  }

  public boolean isUp() {
    return up;
  }

  /** Appends outside of transactions. */
  public <T> void append(Log<T> log, T value) {
    Log.Item<T> item = log.append(time.now(), value);
    if (value instanceof Request) {
      (log.equals(buildRequests) ? builders : runners).appended();
    }
    if (value instanceof Event event) {
      onEvent.accept(event);
    } else if (history.wanted()) {
      history.add("broker", "stores %s@%d %s".formatted(log.name(), item.offset(), brief(value)));
    }
  }

  private static String brief(Object value) {
    return value instanceof Request request
        ? request.id() + ", attempt " + request.attempt()
        : value.toString();
  }

  /** The broker dies and is back after {@code delay}. */
  public void fail(long delay) {
    if (!up) {
      return;
    }
    history.add("broker", "is killed");
    up = false;
    builders.brokerDown();
    runners.brokerDown();
    time.after(delay, this::restart);
  }

  private void restart() {
    history.add("broker", "is back");
    up = true;
    owners.brokerRestarted();
    builders.brokerRestarted();
    runners.brokerRestarted();
    events.forEach(Log::wake);
    states.forEach(Log::wake);
    buildRequests.wake();
    runRequests.wake();
  }

  private void expire() {
    if (up) {
      owners.expire();
    }
    time.after(Timeline.SECOND / 2, this::expire);
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
      states
          .get(write.partition())
          .append(time.now(), new StateLog.Stored(write, transaction));
    }
    time.after(TRANSACTION, () -> expire(producer, transaction));
  }

  /** Sends offsets to the transaction: refused, unless the member owns what they belong to. */
  public void sendOffsets(
      String id, int epoch, int token, int generation, List<Transaction.Offsets> offsets) {
    Producer producer = current(id, epoch);
    if (!owners.admits(id, token, generation)) {
      throw new Refused("the group of owners does not know this member or generation");
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
      throw new Refused("there is a newer producer with the same transactional id");
    }
    return producer;
  }

  private static Transaction open(Producer producer) {
    return producer.open.orElseThrow(() -> new Refused("no transaction is open"));
  }

  private void expire(Producer producer, Transaction transaction) {
    if (producer.open.filter(transaction::equals).isEmpty()) {
      return;
    }
    if (up) {
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
    if (up) {
      transaction.mark(partition);
      states.get(partition).wake();
    } else {
      time.after(100 * Timeline.MILLI, () -> mark(transaction, partition));
    }
  }

  private void markOffsets(Transaction transaction) {
    if (!up) {
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
