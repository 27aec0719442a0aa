package dev.firebuild.simulation.kafka;

import dev.firebuild.coordinator.owner.Write;

/** A partition of the documents: readers get nothing behind a transaction that is open. */
public final class StateLog extends Log<StateLog.Stored> {
  private final int partition;
  private long stable;

  /** A document of a transaction. */
  public record Stored(Write write, Transaction transaction) {
    /** Whether it counts; asked once its transaction has ended. */
    public boolean isCommitted() {
      return transaction.outcome() == Transaction.Outcome.COMMITTED;
    }
  }

  StateLog(int partition) {
    super("state-" + partition);
    this.partition = partition;
  }

  @Override
  public long readable() {
    while (stable < end() && get(stable).value().transaction().isMarked(partition)) {
      stable++;
    }
    return stable;
  }
}
