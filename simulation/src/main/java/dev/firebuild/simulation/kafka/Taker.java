package dev.firebuild.simulation.kafka;

import dev.firebuild.simulation.time.Actor;

/** A slot that takes requests. */
public interface Taker {
  Actor worker();

  /** A request is handed out to the slot, which does not wait for another one any more. */
  void taken(ShareGroup.Lease lease);
}
