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
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The output of a build or a VM as plain bytes. */
final class LogHandlers {
  private static final Passage.Content OUTPUT = new Output();

  private final EventFeed feed;
  private final BuildHandlers builds;
  private final VmHandlers vms;
  private final Passage passage;

  LogHandlers(EventFeed feed, BuildHandlers builds, VmHandlers vms, Passage passage) {
    this.feed = feed;
    this.builds = builds;
    this.vms = vms;
    this.passage = passage;
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
    EventStream stream = feed.subject(subject, Optional.of(created), Optional.empty());
    boolean follow = exchange.flag("follow", false);
    passage.send(exchange, stream, Optional.of(subject), follow, OUTPUT);
  }

  private static final class Output implements Passage.Content {
    @Override
    public String type() {
      return "text/plain; charset=utf-8";
    }

    @Override
    public void write(List<EventStream.Item> items, OutputStream out) throws IOException {
      for (EventStream.Item item : items) {
        if (item instanceof EventStream.Item.Next(Position _, StoredEvent stored)) {
          out.write(bytes(stored.data()));
        }
      }
    }

    /** Bytes of our own would be part of the output. */
    @Override
    public void heartbeat(OutputStream out) {}
  }

  private static byte[] bytes(EventData data) {
    return switch (data) {
      case BuildEvent.Log log -> log.chunk().bytes();
      case VmEvent.Log log -> log.chunk().bytes();
      case BuildEvent.LogTruncated(long limit, Optional<Long> lost) ->
          note(
              lost.map("%d bytes of the log are missing here: Kafka was away"::formatted)
                  .orElseGet(() -> "the log is cut off after %d bytes".formatted(limit)));
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
