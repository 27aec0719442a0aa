package dev.firebuild.simulation.world;

import dev.firebuild.coordinator.owner.Announcer;
import dev.firebuild.coordinator.owner.Cluster;
import dev.firebuild.coordinator.owner.Documents;
import dev.firebuild.coordinator.owner.Liveness;
import dev.firebuild.coordinator.owner.Outbox;
import dev.firebuild.coordinator.owner.OwnerLogic;
import dev.firebuild.protocol.decision.ClaimRule;
import dev.firebuild.protocol.decision.Rules;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** What the world is made of: firebuild as it is. A mutant overrides one method. */
public class Parts {
  private static final Duration KEEP = Duration.ofDays(7);

  public Rules rules() {
    return Rules.STANDARD;
  }

  public ClaimRule claimRule() {
    return new ClaimRule();
  }

  public Liveness liveness(long nanos) {
    return new Liveness(nanos);
  }

  public Outbox outbox(
      Announcer announcer, String source, InstantSource clock, LongSupplier nanos) {
    return new Outbox(announcer, source, clock, nanos);
  }

  public OwnerLogic logic(Documents documents, Cluster cluster, Outbox outbox) {
    return new OwnerLogic(documents, cluster, outbox, rules(), KEEP);
  }

  /** Whether offsets, with the group's generation, go with every transaction. */
  public boolean fences() {
    return true;
  }

  /** Whether an owner throws its documents away after a failed transaction. */
  public boolean beginsAnew() {
    return true;
  }

  /** Whether a new owner waits for the end of its predecessor's transaction. */
  public boolean awaitsPredecessor() {
    return true;
  }

  /** Whether the owner asks how far the queues are. */
  public boolean watchesQueues() {
    return true;
  }
}
