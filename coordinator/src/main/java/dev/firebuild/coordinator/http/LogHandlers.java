package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.feed.EventFeed;
import dev.firebuild.coordinator.feed.EventStream;
import dev.firebuild.coordinator.feed.Position;
import dev.firebuild.coordinator.feed.StoredEvent;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.resource.BuildResource;
import dev.firebuild.protocol.resource.VmResource;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The output of a build or a VM as plain bytes. */
final class LogHandlers {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final EventFeed feed;
  private final BuildHandlers builds;
  private final VmHandlers vms;
  private final Settled settled;

  LogHandlers(EventFeed feed, BuildHandlers builds, VmHandlers vms, Settled settled) {
    this.feed = feed;
    this.builds = builds;
    this.vms = vms;
    this.settled = settled;
  }

  void ofBuild(Exchange exchange) throws InterruptedException {
    BuildResource build = builds.find(exchange.path("id"));
    send(exchange, build.id(), build.createdAt());
  }

  void ofVm(Exchange exchange) throws InterruptedException {
    VmResource vm = vms.find(exchange.path("id"));
    send(exchange, vm.id(), vm.createdAt());
  }

  private void send(Exchange exchange, String subject, Instant created)
      throws InterruptedException {
    Optional<Position> over = settled.over(subject);
    boolean follow = exchange.flag("follow", false) && over.isEmpty();
    try (EventStream stream = feed.subject(subject, Optional.of(created), Optional.empty())) {
      Position end = over.orElseGet(feed::end);
      exchange.begin("text/plain; charset=utf-8");
      while (!exchange.isClosed() && !feed.isClosed()) {
        if ((!follow && stream.hasReached(end))
            || (stream.isSettled() && settled.isSettled(subject))) {
          break;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (EventStream.Item item : stream.next(follow ? PATIENCE : Duration.ofMillis(100))) {
          if (item instanceof EventStream.Item.Next(Position _, StoredEvent stored)) {
            out.writeBytes(bytes(stored.event().data()));
          }
        }
        if (out.size() > 0 && !exchange.write(out.toByteArray())) {
          return;
        }
      }
      exchange.end();
    }
  }

  private static byte[] bytes(EventData data) {
    return switch (data) {
      case BuildEvent.Log log -> log.chunk().bytes();
      case VmEvent.Log log -> log.chunk().bytes();
      case BuildEvent.LogTruncated(long limit) ->
          note("the log is cut off after %d bytes".formatted(limit));
      case BuildEvent.Requeued requeued ->
          note(
              "the worker %s was lost (%s); attempt %d follows"
                  .formatted(requeued.worker(), requeued.reason(), requeued.attempt()));
      default -> new byte[0];
    };
  }

  private static byte[] note(String text) {
    return ("\n[firebuild: " + text + "]\n").getBytes(StandardCharsets.UTF_8);
  }
}
