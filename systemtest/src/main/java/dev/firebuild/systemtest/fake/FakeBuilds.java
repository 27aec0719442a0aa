package dev.firebuild.systemtest.fake;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.worker.queue.BuildExecutor;
import dev.firebuild.worker.queue.BuildGrant;
import dev.firebuild.worker.queue.CancelReason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Builds that do what the first line of their Dockerfile says, or throw: {@code # 250} takes so
 * many milliseconds, {@code # lines 5000 20000} also says 5000 lines per second until there were 20
 * 000, {@code # bytes 64} says 64 MiB as fast as it can. The lines are {@link StampedLine}s.
 */
public final class FakeBuilds implements BuildExecutor {
  public static final Digest DIGEST = new Digest("sha256:" + "b".repeat(64));
  private static final int STEP = 1;
  private static final String STREAM = "stdout";
  private final String worker;

  public FakeBuilds(String worker) {
    this.worker = worker;
  }

  @Override
  public void execute(BuildGrant grant) throws InterruptedException {
    SubjectEvents events = grant.events();
    var _ = events.publish(new BuildEvent.Started(worker, grant.request().tag()));
    if (!(grant.request().source() instanceof Source.Inline(String text))) {
      throw new IllegalStateException("a defect, for the test");
    }
    List<String> words = List.of(text.lines().findFirst().orElse("").split(" "));
    switch (words.get(1)) {
      case "lines" ->
          StampedLine.pour(
              Integer.parseInt(words.get(2)),
              Integer.parseInt(words.get(3)),
              line -> events.buildLog(STEP, STREAM, line));
      case "bytes" ->
          StampedLine.flood(
              Long.parseLong(words.get(2)) << 20, piece -> events.buildLog(STEP, STREAM, piece));
      default -> {
        if (!waited(grant, Long.parseLong(words.get(1)))) {
          return;
        }
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

  /** False: it was cancelled, which is said where somebody wanted it. */
  private static boolean waited(BuildGrant grant, long millis) throws InterruptedException {
    SubjectEvents events = grant.events();
    CountDownLatch cancelled = new CountDownLatch(1);
    try (var _ = grant.cancellation().onCancel(cancelled::countDown)) {
      events.buildLog(STEP, STREAM, "works\n".getBytes(StandardCharsets.UTF_8));
      if (cancelled.await(millis, TimeUnit.MILLISECONDS)) {
        if (grant.cancellation().reason().orElseThrow()
            instanceof CancelReason.Requested(var why)) {
          var _ = events.publish(new BuildEvent.Cancelled(why));
        }
        return false;
      }
    }
    return true;
  }
}
