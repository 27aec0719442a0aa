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

/**
 * Passes a stream of events on to a client, until it has ended or nobody takes it any more.
 *
 * @param heartbeat silence after which a client is told that somebody is there
 */
record Passage(EventFeed feed, Settled settled, LiveReaders live, Duration heartbeat) {
  private static final Duration LOOK = Duration.ofMillis(100);

  /** What a client gets of a stream. */
  interface Content {
    String type();

    void write(List<EventStream.Item> items, OutputStream out) throws IOException;

    /** What is sent while nothing happens, if anything is. */
    void heartbeat(OutputStream out) throws IOException;
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
    try (Pieces out = new Pieces(exchange)) {
      while (!exchange.isClosed() && !feed.isClosed()) {
        if ((!follow && stream.hasReached(end))
            || (stream.isSettled() && subject.filter(settled::isSettled).isPresent())) {
          break;
        }
        List<EventStream.Item> items =
            follow ? following(exchange, stream, content, out) : stream.next(LOOK);
        if (subject.isPresent()) {
          awaitDocument(items);
        }
        content.write(items, out);
        out.flush();
      }
    } catch (IOException e) {
      return;
    }
    exchange.end();
  }

  /** The next items that are to be sent here; none: a look around is due. */
  private List<EventStream.Item> following(
      Exchange exchange, EventStream stream, Content content, OutputStream out)
      throws IOException, InterruptedException {
    Optional<List<EventStream.Item>> now = stream.poll();
    if (now.filter(List::isEmpty).isPresent() && !stream.isSettled()) {
      return exchange.outflow().awaitTaken() ? live.follow(exchange, stream, content) : List.of();
    }
    if (now.filter(items -> !items.isEmpty()).isPresent()) {
      return now.get();
    }
    List<EventStream.Item> items = stream.next(heartbeat);
    if (items.isEmpty()) {
      content.heartbeat(out);
    }
    return items;
  }

  private void awaitDocument(List<EventStream.Item> items) throws InterruptedException {
    for (EventStream.Item item : items) {
      if (item instanceof EventStream.Item.Next(Position _, StoredEvent event) && isEnd(item)) {
        settled.await(event.event());
      }
    }
  }

  /** Whether {@code item} tells the end of a build or VM. */
  static boolean isEnd(EventStream.Item item) {
    return item instanceof EventStream.Item.Next(Position _, StoredEvent event)
        && SubjectFold.isTerminal(event.event().data());
  }
}
