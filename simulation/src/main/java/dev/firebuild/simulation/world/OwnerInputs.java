package dev.firebuild.simulation.world;

import dev.firebuild.coordinator.owner.Input;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.simulation.kafka.Broker;
import dev.firebuild.simulation.kafka.Log;
import dev.firebuild.simulation.kafka.Transaction;
import dev.firebuild.simulation.time.Chance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** How far an owner has read its inputs, and what of that it must still commit. */
final class OwnerInputs {
  private final Chance chance;
  private final Broker broker;
  private final Map<Integer, Transaction.Offsets> positions = new TreeMap<>();
  private final TreeSet<Integer> consumed = new TreeSet<>();

  OwnerInputs(Chance chance, Broker broker) {
    this.chance = chance;
    this.broker = broker;
  }

  /** Reading of a partition begins. */
  void start(Transaction.Offsets at) {
    positions.put(at.partition(), at);
  }

  private Transaction.Offsets at(int partition) {
    return Objects.requireNonNull(positions.get(partition), "the partition is read");
  }

  void clear() {
    positions.clear();
    consumed.clear();
  }

  /** Whether nothing is to be committed. */
  boolean isEmpty() {
    return consumed.isEmpty();
  }

  void committed() {
    consumed.clear();
  }

  /** What goes with a transaction: at least one, for without any it would not be fenced. */
  List<Transaction.Offsets> offsets(int any) {
    return (consumed.isEmpty() ? List.of(any) : List.copyOf(consumed))
        .stream().map(this::at).toList();
  }

  /** Whether the events of {@code partition} before {@code end} are read, and all commands. */
  boolean hasRead(int partition, long end) {
    Transaction.Offsets at = at(partition);
    return at.events() >= end && at.commands() >= broker.commands(partition).end();
  }

  /** The next inputs of the partitions {@code owned}: of two topics, in no order. */
  List<Input> fetch(Iterable<Integer> owned) {
    List<Input> inputs = new ArrayList<>();
    for (int p : owned) {
      Transaction.Offsets at = at(p);
      long events = at.events();
      long commands = at.commands();
      boolean commandsFirst = chance.oneIn(2);
      if (commandsFirst) {
        commands = commands(p, commands, inputs);
      }
      long limit = Math.min(broker.events(p).end(), events + chance.between(1, 50));
      for (; events < limit; events++) {
        Log.Item<Event> item = broker.events(p).get(events);
        inputs.add(new Input.Told(item.value(), World.instantOf(item.at())));
      }
      if (!commandsFirst && !chance.oneIn(4)) {
        commands = commands(p, commands, inputs);
      }
      if (events > at.events() || commands > at.commands()) {
        positions.put(p, new Transaction.Offsets(p, events, commands));
        consumed.add(p);
      }
    }
    return inputs;
  }

  private long commands(int partition, long from, List<Input> inputs) {
    Log<Broker.Commanded> log = broker.commands(partition);
    for (long i = from; i < log.end(); i++) {
      Log.Item<Broker.Commanded> item = log.get(i);
      inputs.add(
          new Input.Commanded(
              item.value().subject(), item.value().command(), World.instantOf(item.at())));
    }
    return log.end();
  }

  /** Whether there is something to fetch. */
  boolean isBehind() {
    return positions.values().stream()
        .anyMatch(at ->
            at.events() < broker.events(at.partition()).end()
                || at.commands() < broker.commands(at.partition()).end());
  }
}
