package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.feed.EventFeed;
import dev.firebuild.coordinator.feed.EventStream;
import dev.firebuild.coordinator.feed.Position;
import dev.firebuild.coordinator.feed.StoredEvent;
import dev.firebuild.protocol.decision.SubjectFold;
import java.io.IOException;
import java.io.OutputStream;
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

    /** Writes {@code items}; for none of them a heartbeat, where there is one. */
    void write(List<EventStream.Item> items, OutputStream out) throws IOException;
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
    Optional<Position> over = subject.isPresent() ? settled.over(subject.get()) : Optional.empty();
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
      if (!send(exchange, items, content)) {
        return;
      }
    }
    exchange.end();
  }

  /** Whether the client is still there. */
  private static boolean send(Exchange exchange, List<EventStream.Item> items, Content content) {
    try (Pieces out = new Pieces(exchange)) {
      content.write(items, out);
      out.flush();
      return true;
    } catch (IOException e) {
      return false;
    }
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
