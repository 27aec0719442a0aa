package dev.firebuild.systemtest.queue;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.EventData;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Builds that print numbered lines, as many and as slowly as a label of their Dockerfile says. */
final class NumberedBuilds implements BuildExecutor {
  private static final Pattern LABEL = Pattern.compile("lines=(\\d+) pause=(\\d+)");
  private static final Digest DIGEST = new Digest("sha256:" + "c".repeat(64));
  private final String worker;

  NumberedBuilds(String worker) {
    this.worker = worker;
  }

  /** A Dockerfile that a coordinator takes. */
  static String dockerfile(int lines, int pauseMillis) {
    return "FROM scratch\nLABEL lines=%d pause=%d\n".formatted(lines, pauseMillis);
  }

  /** What a build of {@code lines} prints. */
  static String output(int lines) {
    return IntStream.range(0, lines).mapToObj("line %d\n"::formatted).collect(Collectors.joining());
  }

  /** What {@code events} tell of a build's output. */
  static String output(List<EventData> events) {
    return events.stream()
        .filter(BuildEvent.Log.class::isInstance)
        .map(event -> ((BuildEvent.Log) event).chunk().bytes())
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .collect(Collectors.joining());
  }

  @Override
  public void execute(BuildGrant grant) throws InterruptedException {
    SubjectEvents events = grant.events();
    var _ = events.publish(new BuildEvent.Started(worker, grant.request().tag()));
    Matcher label = LABEL.matcher(((Source.Inline) grant.request().source()).dockerfile());
    if (!label.find()) {
      throw new IllegalStateException("the Dockerfile has no such label");
    }
    CountDownLatch cancelled = new CountDownLatch(1);
    try (var _ = grant.cancellation().onCancel(cancelled::countDown)) {
      for (int line = 0; line < Integer.parseInt(label.group(1)); line++) {
        events.buildLog(1, "stdout", "line %d\n".formatted(line).getBytes(StandardCharsets.UTF_8));
        if (cancelled.await(Long.parseLong(label.group(2)), TimeUnit.MILLISECONDS)) {
          if (grant.cancellation().reason().orElseThrow()
              instanceof CancelReason.Requested(var why)) {
            var _ = events.publish(new BuildEvent.Cancelled(why));
          }
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
}
