package dev.firebuild.systemtest.fault;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.systemtest.queue.FakeBuilds;
import dev.firebuild.worker.queue.BuildExecutor;
import dev.firebuild.worker.queue.BuildGrant;
import dev.firebuild.worker.queue.CancelReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds of one step, which wait until each of their events is stored; the moments after that are
 * methods, to be halted at.
 *
 * @param step how long it takes
 */
record SteppedBuilds(String worker, Duration step) implements BuildExecutor {
  static final String OUTPUT = "works\n";

  private static final Logger log = LoggerFactory.getLogger(SteppedBuilds.class);

  @Override
  public void execute(BuildGrant grant) throws InterruptedException {
    SubjectEvents events = grant.events();
    events.publish(new BuildEvent.Started(worker, grant.request().tag())).join();
    startedIsStored(grant);
    events.publish(new BuildEvent.StepStarted(1)).join();
    CountDownLatch cancelled = new CountDownLatch(1);
    try (var _ = grant.cancellation().onCancel(cancelled::countDown)) {
      events.buildLog(1, "stdout", OUTPUT.getBytes(StandardCharsets.UTF_8));
      if (cancelled.await(step.toMillis(), TimeUnit.MILLISECONDS)) {
        end(grant);
        return;
      }
    }
    events
        .publish(
            new BuildEvent.Succeeded(
                grant.request().tag(),
                FakeBuilds.DIGEST,
                1,
                Optional.of(
                    new ImageSummary(
                        FakeBuilds.DIGEST, List.of(FakeBuilds.DIGEST), 1, grant.id(), worker))))
        .join();
    succeededIsStored(grant);
  }

  private static void end(BuildGrant grant) {
    CancelReason reason = grant.cancellation().reason().orElseThrow();
    if (reason instanceof CancelReason.Requested(var why)) {
      var _ = grant.events().publish(new BuildEvent.Cancelled(why));
    }
    log.atInfo().addKeyValue("build", grant.id()).addKeyValue("why", reason).log("build ended");
  }

  private static void startedIsStored(BuildGrant grant) {
    log.atInfo().addKeyValue("build", grant.id()).log("started is stored");
  }

  private static void succeededIsStored(BuildGrant grant) {
    log.atInfo().addKeyValue("build", grant.id()).log("succeeded is stored");
  }
}
