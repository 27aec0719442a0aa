package dev.firebuild.protocol.document;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is asked for by a request and granted to one instance: a build or a VM. */
public sealed interface Work extends Document permits BuildDocument, VmDocument {
  /** Id of the build or VM. */
  String id();

  /** The number of the current attempt, from 1; only the owner raises it. */
  int attempt();

  /** The granted instance; absent while queued. */
  Optional<Assignment> assignment();

  /** When it ended. */
  Optional<Instant> endedAt();

  /** What the owner must still say elsewhere. */
  List<OutboxEntry> outbox();

  /** The same with another outbox. */
  Work withOutbox(List<OutboxEntry> entries);

  /** {@code outbox} and one more. */
  static List<OutboxEntry> plus(List<OutboxEntry> outbox, OutboxEntry entry) {
    List<OutboxEntry> all = new ArrayList<>(outbox);
    all.add(entry);
    return List.copyOf(all);
  }
}
