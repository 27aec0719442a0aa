package dev.firebuild.systemtest.fault;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.systemtest.fake.FakeBuilds;
import dev.firebuild.worker.queue.BuildExecutor;
import dev.firebuild.worker.queue.BuildGrant;
import dev.firebuild.worker.queue.CancelReason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds of one step, which wait until each of their events is stored; the moments after that are
 * methods, to be halted at.
 */
record SteppedBuilds(String worker, Pace pace) implements BuildExecutor {
  /** How long a step takes. */
  enum Pace {
    /** As many milliseconds as the Dockerfile says: {@code # 250}. */
    AS_ASKED,
    AT_ONCE
  }

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
      if (cancelled.await(millis(grant.request()), TimeUnit.MILLISECONDS)) {
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

  private long millis(BuildRequest request) {
    return switch (pace) {
      case AT_ONCE -> 0;
      case AS_ASKED -> {
        if (request.source() instanceof Source.Inline(String text)) {
          yield Long.parseLong(text.substring(2));
        }
        throw new IllegalArgumentException("not a build of these tests: " + request);
      }
    };
  }

  private static void end(BuildGrant grant) {
    CancelReason reason = grant.cancellation().reason().orElseThrow();
    if (reason instanceof CancelReason.Requested(var why)) {
      var _ = grant.events().publish(new BuildEvent.Cancelled(why));
    }
    log.atWarn().addKeyValue("build", grant.id()).addKeyValue("why", reason).log("build ended");
  }

  private static void startedIsStored(BuildGrant grant) {
    log.atDebug().addKeyValue("build", grant.id()).log("started is stored");
  }

  private static void succeededIsStored(BuildGrant grant) {
    log.atDebug().addKeyValue("build", grant.id()).log("succeeded is stored");
  }
}
