package dev.firebuild.simulation.world;

import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.simulation.kafka.Request;
import dev.firebuild.simulation.kafka.ShareGroup;

/** Starts VMs; a running one needs no slot. */
final class RunSlot extends Slot {
  RunSlot(Worker worker) {
    super(worker, worker.broker().runners());
  }

  @Override
  String key(String id) {
    return VmDocument.key(id);
  }

  @Override
  EventData claim(ShareGroup.Lease lease) {
    return new VmEvent.Claimed(
        here().claimOf("run-requests", lease.offset()), ((Request.Run) lease.request()).request());
  }

  @Override
  void work(ShareGroup.Lease lease, Hold hold) {
    Run run = here().run(hold, ((Request.Run) lease.request()).request().remove());
    run.start(() -> {
      hold.hearWishes(run::desire);
      done(hold);
    });
  }
}
