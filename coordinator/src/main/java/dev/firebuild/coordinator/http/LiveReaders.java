package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.feed.EventFeed;
import dev.firebuild.coordinator.feed.EventStream;
import dev.firebuild.coordinator.feed.EventStream.Item;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Readers that have got all there is. What happens next goes to all of them from the event loop,
 * one after the other: for a thousand readers of a line no thread wakes up. Who cannot go on like
 * that, because it is slow, or the log itself must be read, gets its stream back.
 */
final class LiveReaders implements AutoCloseable {
  /** More than that at once would keep the event loop from others for too long. */
  private static final long MOST_BYTES = 16 * 1024;

  /** About what a frame says beside its event. */
  private static final long HEAD_BYTES = 512;

  private final Vertx vertx;
  private final Context loop;
  private final EventFeed feed;
  private final long heartbeatNanos;
  private final long timer;

  /** Whether a turn is on its way to the event loop. */
  private final AtomicBoolean due = new AtomicBoolean();

  /** Of the event loop alone, like all that is done with them. */
  private final Set<Reader> readers = new LinkedHashSet<>();

  /** Passes on what happens in {@code feed}; a reader that hears nothing gets heartbeats. */
  LiveReaders(Vertx vertx, Context loop, EventFeed feed, Duration heartbeat) {
    this.vertx = vertx;
    this.loop = loop;
    this.feed = feed;
    this.heartbeatNanos = heartbeat.toNanos();
    long period = Math.clamp(heartbeat.toMillis() / 4, 10, 1000);
    this.timer = vertx.setPeriodic(period, _ -> onLoop(this::comfort));
    feed.onNews(this::turnSoon);
  }

  private static final class Reader {
    private final Exchange exchange;
    private final EventStream stream;
    private final Passage.Content content;
    private final CompletableFuture<List<Item>> back = new CompletableFuture<>();
    private long said = System.nanoTime();

    Reader(Exchange exchange, EventStream stream, Passage.Content content) {
      this.exchange = exchange;
      this.stream = stream;
      this.content = content;
    }

    /** Sends {@code items} if that takes no time; false: somebody else must. */
    boolean pass(List<Item> items) throws IOException {
      if (!isSmall(items) || stream.isSettled() || items.stream().anyMatch(Passage::isEnd)) {
        return false;
      }
      // Pieces would wait for the client.
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      content.write(items, out);
      return say(out);
    }

    private boolean say(ByteArrayOutputStream out) {
      said = System.nanoTime();
      return out.size() == 0 || exchange.outflow().offer(Buffer.buffer(out.toByteArray()));
    }

    private static boolean isSmall(List<Item> items) {
      long bytes = 0;
      for (Item item : items) {
        bytes += HEAD_BYTES + (item instanceof Item.Next next ? next.event().size() : 0);
      }
      return bytes <= MOST_BYTES;
    }

    boolean comfort() throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      content.heartbeat(out);
      return exchange.outflow().isTaken() && say(out);
    }
  }

  /**
   * Passes on what comes in {@code stream}, which nobody else uses meanwhile, until somebody else
   * must: then it returns with what was read and could not be passed on, perhaps nothing. Also
   * returns when the client has gone away.
   */
  List<Item> follow(Exchange exchange, EventStream stream, Passage.Content content)
      throws InterruptedException {
    Reader reader = new Reader(exchange, stream, content);
    onLoop(() -> {
      if (goesOn(reader)) {
        readers.add(reader);
      }
    });
    try {
      return exchange.outflow().awaitWhileOpen(reader.back).orElse(List.of());
    } finally {
      if (!reader.back.isDone()) {
        onLoop(() -> readers.remove(reader));
      }
    }
  }

  private void turnSoon() {
    if (due.compareAndSet(false, true)) {
      onLoop(() -> {
        due.set(false);
        readers.removeIf(reader -> !goesOn(reader));
      });
    }
  }

  /** Tells those that have heard nothing for long that somebody is there. */
  private void comfort() {
    long now = System.nanoTime();
    readers.removeIf(reader -> now - reader.said >= heartbeatNanos && !comforted(reader));
  }

  private static boolean comforted(Reader reader) {
    try {
      return reader.comfort() || !reader.back.complete(List.of());
    } catch (IOException | RuntimeException e) {
      return !reader.back.completeExceptionally(e);
    }
  }

  /** Passes on what there is for {@code reader}; false: it has got its stream back. */
  private boolean goesOn(Reader reader) {
    try {
      while (!feed.isClosed()) {
        Optional<List<Item>> items = reader.stream.poll();
        if (items.isEmpty()) {
          break;
        }
        if (items.get().isEmpty()) {
          return true;
        }
        if (!reader.pass(items.get())) {
          reader.back.complete(items.get());
          return false;
        }
      }
      reader.back.complete(List.of());
    } catch (IOException | RuntimeException e) {
      reader.back.completeExceptionally(e);
    }
    return false;
  }

  private void onLoop(Runnable task) {
    try {
      loop.runOnContext(_ -> task.run());
    } catch (RejectedExecutionException _) {
      // The server has ended, and with it all that it had to pass on.
    }
  }

  @Override
  public void close() {
    var _ = vertx.cancelTimer(timer);
  }
}
