package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.feed.EventFeed;
import dev.firebuild.coordinator.feed.EventStream;
import dev.firebuild.coordinator.feed.Position;
import dev.firebuild.coordinator.feed.StoredEvent;
import dev.firebuild.protocol.decision.SubjectFold;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Passes a stream of events on to a client, until it has ended or nobody takes it any more. */
record Passage(EventFeed feed, Settled settled) {
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final Duration LOOK = Duration.ofMillis(100);

  /** What a client gets of a stream. */
  interface Content {
    String type();

    /** The bytes for {@code items}; for none of them a heartbeat, where there is one. */
    byte[] of(List<EventStream.Item> items);
  }

  /**
   * Sends all of {@code stream}.
   *
   * @param subject whose events these are; with its terminal one the answer ends
   * @param asked whether what is to come is wanted, too
   */
  void send(
      Exchange exchange,
      EventStream stream,
      Optional<String> subject,
      boolean asked,
      Content content)
      throws InterruptedException {
    Optional<Position> over = subject.flatMap(settled::over);
    boolean follow = asked && over.isEmpty();
    Position end = over.orElseGet(feed::end);
    exchange.begin(content.type());
    while (!exchange.isClosed() && !feed.isClosed()) {
      if ((!follow && stream.hasReached(end))
          || (stream.isSettled() && subject.filter(settled::isSettled).isPresent())) {
        break;
      }
      List<EventStream.Item> items = stream.next(follow ? HEARTBEAT : LOOK);
      if (items.isEmpty() && !follow) {
        continue;
      }
      if (subject.isPresent()) {
        awaitDocument(items);
      }
      byte[] piece = content.of(items);
      if (piece.length > 0 && !exchange.write(piece)) {
        return;
      }
    }
    exchange.end();
  }

  private void awaitDocument(List<EventStream.Item> items) throws InterruptedException {
    for (EventStream.Item item : items) {
      if (item instanceof EventStream.Item.Next(Position _, StoredEvent event)
          && SubjectFold.isTerminal(event.event().data())) {
        settled.await(event.event());
      }
    }
  }
}
