package dev.firebuild.simulation.kafka;

import dev.firebuild.coordinator.owner.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** One transaction of an owner: documents, and offsets of what they were made from. */
public final class Transaction {
  private final String owner;
  private final List<Write> writes = new ArrayList<>();
  private final Set<Integer> partitions = new TreeSet<>();
  private final Set<Integer> marked = new TreeSet<>();
  private List<Offsets> offsets = List.of();
  private Outcome outcome = Outcome.OPEN;

  /** How it ends. */
  public enum Outcome {
    OPEN,
    COMMITTED,
    ABORTED
  }

  /** The next inputs of an owned partition. */
  public record Offsets(int partition, long events, long commands) {}

  Transaction(String owner) {
    this.owner = owner;
  }

  /** Id of the coordinator. */
  public String owner() {
    return owner;
  }

  public List<Write> writes() {
    return writes;
  }

  public List<Offsets> offsets() {
    return offsets;
  }

  void add(Write write) {
    writes.add(write);
    partitions.add(write.partition());
  }

  void setOffsets(List<Offsets> next) {
    offsets = next;
  }

  Set<Integer> partitions() {
    return partitions;
  }

  Outcome outcome() {
    return outcome;
  }

  void end(Outcome how) {
    outcome = how;
  }

  /** The end is written into the documents' partition. */
  void mark(int partition) {
    marked.add(partition);
  }

  boolean isMarked(int partition) {
    return marked.contains(partition);
  }
}
