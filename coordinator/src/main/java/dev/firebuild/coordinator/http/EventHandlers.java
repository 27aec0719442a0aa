package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.feed.EventFeed;
import dev.firebuild.coordinator.feed.EventStream;
import dev.firebuild.coordinator.feed.Position;
import dev.firebuild.coordinator.feed.StoredEvent;
import dev.firebuild.protocol.resource.BuildResource;
import dev.firebuild.protocol.resource.VmResource;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/** {@code /v1/events} and the events of one build or VM. */
final class EventHandlers {
  private final EventFeed feed;
  private final BuildHandlers builds;
  private final VmHandlers vms;
  private final Passage passage;

  EventHandlers(EventFeed feed, BuildHandlers builds, VmHandlers vms, Passage passage) {
    this.feed = feed;
    this.builds = builds;
    this.vms = vms;
    this.passage = passage;
  }

  /** All events, or those of one subject; never ends while following. */
  void all(Exchange exchange) throws InterruptedException {
    Predicate<StoredEvent> wanted = TypeFilter.of(exchange.query("type"));
    Optional<String> subject = exchange.query("subject");
    EventStream stream =
        feed.all(
            start(exchange),
            event ->
                wanted.test(event)
                    && (subject.isEmpty() || subject.get().equals(event.event().subject())));
    send(exchange, stream, Optional.empty());
  }

  void ofBuild(Exchange exchange) throws InterruptedException {
    BuildResource build = builds.find(exchange.path("id"));
    ofSubject(exchange, build.id(), build.createdAt());
  }

  void ofVm(Exchange exchange) throws InterruptedException {
    VmResource vm = vms.find(exchange.path("id"));
    ofSubject(exchange, vm.id(), vm.createdAt());
  }

  /** The events of one subject; ends with the terminal one. */
  private void ofSubject(Exchange exchange, String subject, Instant created)
      throws InterruptedException {
    EventStream stream = feed.subject(subject, Optional.of(created), resume(exchange));
    send(exchange, stream, Optional.of(subject));
  }

  private void send(Exchange exchange, EventStream stream, Optional<String> subject)
      throws InterruptedException {
    EventFormat format = EventFormat.of(exchange);
    passage.send(exchange, stream, subject, exchange.flag("follow", true), format);
  }

  private EventFeed.Start start(Exchange exchange) {
    Optional<Position> resume = resume(exchange);
    if (resume.isPresent()) {
      requirePartitions(resume.get(), feed.end());
      return new EventFeed.Start.After(resume.get());
    }
    String since = exchange.query("since").orElse("beginning");
    return switch (since) {
      case "beginning" -> new EventFeed.Start.Beginning();
      case "now" -> new EventFeed.Start.Now();
      default -> new EventFeed.Start.At(time(since));
    };
  }

  /** A position in a partition that is none would be passed over, and everything shown. */
  private static void requirePartitions(Position position, Position all) {
    position.next().keySet().stream()
        .filter(partition -> !all.next().containsKey(partition))
        .findFirst()
        .ifPresent(partition -> {
          throw Problems.malformed(
              "the position %s: events have no partition %d, only %d to %d"
                  .formatted(position, partition, all.next().firstKey(), all.next().lastKey()));
        });
  }

  /** {@code Last-Event-ID}, or a position as {@code since}. */
  private static Optional<Position> resume(Exchange exchange) {
    Optional<String> text =
        exchange
            .header("Last-Event-ID")
            .or(() -> exchange.query("since").filter(since -> since.matches("[0-9,:-]+:[0-9-]+")));
    try {
      return text.filter(id -> !id.isEmpty()).map(Position::parse);
    } catch (IllegalArgumentException e) {
      throw Problems.malformed(String.valueOf(e.getMessage()));
    }
  }

  private static Instant time(String text) {
    return Parameters.time(text)
        .orElseThrow(() ->
            Problems.malformed(
                "the parameter since must be beginning, now, a time (2026-01-31T12:00:00Z, or"
                    + " milliseconds since 1970), or a position PARTITION:OFFSET,…"));
  }
}
