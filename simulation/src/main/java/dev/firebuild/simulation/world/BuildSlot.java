package dev.firebuild.simulation.world;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.simulation.kafka.Request;
import dev.firebuild.simulation.kafka.ShareGroup;
import java.util.List;
import java.util.Optional;

/** Builds: some steps, then a result. */
final class BuildSlot extends Slot {
  private static final Digest DIGEST = new Digest("sha256:" + "a".repeat(64));

  BuildSlot(Worker worker) {
    super(worker, worker.broker().builders());
  }

  @Override
  String key(String id) {
    return BuildDocument.key(id);
  }

  @Override
  EventData claim(ShareGroup.Lease lease) {
    return new BuildEvent.Claimed(
        here().claimOf("build-requests", lease.offset()),
        ((Request.Build) lease.request()).request());
  }

  @Override
  void work(ShareGroup.Lease lease, Hold hold) {
    var _ = hold.publish(new BuildEvent.Started(here().name(), "t"));
    boolean isLong = here().chance().oneIn(6);
    step(lease, hold, here().chance().between(0, isLong ? 12 : 3));
  }

  private void step(ShareGroup.Lease lease, Hold hold, int left) {
    here()
        .after(
            here().chance().millis(1, 1200),
            () -> {
              if (hold.isCancelled()) {
                if (!hold.isLost()) {
                  var _ = hold.publish(new BuildEvent.Cancelled("cancelled"));
                }
                done(hold);
              } else if (left > 0) {
                var _ = hold.publish(new BuildEvent.StepStarted(left));
                step(lease, hold, left - 1);
              } else {
                var _ = hold.publish(result(lease, hold));
                done(hold);
              }
            });
  }

  private BuildEvent result(ShareGroup.Lease lease, Hold hold) {
    if (here().chance().oneIn(5)) {
      return new BuildEvent.Failed(Failure.of(FailureCode.STEP_FAILED, "a step failed"));
    }
    String tag = ((Request.Build) lease.request()).request().tag();
    return new BuildEvent.Succeeded(
        tag,
        DIGEST,
        1,
        Optional.of(new ImageSummary(DIGEST, List.of(), 1, hold.id(), here().name())));
  }
}
