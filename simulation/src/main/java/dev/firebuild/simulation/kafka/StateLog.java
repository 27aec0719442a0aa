package dev.firebuild.simulation.kafka;

import dev.firebuild.coordinator.owner.Write;
import dev.firebuild.protocol.document.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  /** What a reader from the beginning knows in the end. */
  public List<Document> documents() {
    Map<String, Document> all = new LinkedHashMap<>();
    long end = readable();
    for (long i = 0; i < end; i++) {
      Stored stored = get(i).value();
      if (stored.isCommitted()) {
        stored
            .write()
            .document()
            .ifPresentOrElse(
                document -> all.put(document.key(), document),
                () -> all.remove(stored.write().key()));
      }
    }
    return List.copyOf(all.values());
  }
}
