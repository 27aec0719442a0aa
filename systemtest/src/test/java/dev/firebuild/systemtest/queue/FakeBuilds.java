package dev.firebuild.systemtest.queue;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.worker.queue.BuildExecutor;
import dev.firebuild.worker.queue.BuildGrant;
import dev.firebuild.worker.queue.CancelReason;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Builds that take as many milliseconds as their Dockerfile says: {@code # 250}, or throw. */
public final class FakeBuilds implements BuildExecutor {
  public static final Digest DIGEST = new Digest("sha256:" + "b".repeat(64));
  private final String worker;

  FakeBuilds(String worker) {
    this.worker = worker;
  }

  @Override
  public void execute(BuildGrant grant) throws InterruptedException {
    SubjectEvents events = grant.events();
    var _ = events.publish(new BuildEvent.Started(worker, grant.request().tag()));
    if (!(grant.request().source() instanceof Source.Inline(String text))) {
      throw new IllegalStateException("a defect, for the test");
    }
    CountDownLatch cancelled = new CountDownLatch(1);
    try (var _ = grant.cancellation().onCancel(cancelled::countDown)) {
      events.buildLog(1, "stdout", "works\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      if (cancelled.await(Long.parseLong(text.substring(2)), TimeUnit.MILLISECONDS)) {
        if (grant.cancellation().reason().orElseThrow()
            instanceof CancelReason.Requested(var why)) {
          var _ = events.publish(new BuildEvent.Cancelled(why));
        }
        return;
      }
    }
    var _ =
        events.publish(
            new BuildEvent.Succeeded(
                grant.request().tag(),
                DIGEST,
                1,
                Optional.of(new ImageSummary(DIGEST, List.of(DIGEST), 1, grant.id(), worker))));
  }
}
