package dev.firebuild.coordinator.http;

import dev.firebuild.messaging.http.Connections;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An answer on its way to its client. Of one that takes nothing so much lies in memory, and no
 * more; one that reads always has something to take. A client that takes nothing for a while is
 * given up: its connection is closed. One thread writes at a time.
 */
final class Outflow {
  /** Bytes that may be underway; a larger piece goes when nothing else is. */
  private static final int LIMIT = 64 * 1024;

  private final RoutingContext context;
  private final Duration patience;
  private final Semaphore room = new Semaphore(LIMIT);
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /** {@code patience} with a client that takes nothing. */
  Outflow(RoutingContext context, Duration patience) {
    this.context = context;
    this.patience = patience;
    context.addEndHandler(_ -> closed.complete(null));
    // Who waits for room learns it.
    var _ = closed.thenRun(() -> room.release(LIMIT));
  }

  /** Whether the client has its answer, or has gone away. */
  boolean isClosed() {
    return closed.isDone() || context.response().closed();
  }

  /** Calls {@code then} when the client has its answer, or has gone away. */
  void whenClosed(Runnable then) {
    var _ = closed.thenRun(then);
  }

  /** Writes {@code piece} as soon as there is room for it; false: the client has gone away. */
  boolean write(Buffer piece) {
    return !isClosed() && awaitRoom(share(piece)) && put(piece);
  }

  /** Writes {@code piece} if there is room for it now; false: there is none. */
  boolean offer(Buffer piece) {
    return !isClosed() && room.tryAcquire(share(piece)) && put(piece);
  }

  /** Whether the client has taken all that was written. */
  boolean isTaken() {
    return room.availablePermits() >= LIMIT;
  }

  /** Returns when the client has taken all that was written; false: it has gone away. */
  boolean awaitTaken() {
    boolean taken = !isClosed() && awaitRoom(LIMIT);
    if (taken) {
      room.release(LIMIT);
    }
    return taken;
  }

  private boolean put(Buffer piece) {
    context
        .response()
        .write(piece)
        .onComplete(written -> {
          room.release(share(piece));
          if (written.failed()) {
            closed.complete(null);
          }
        });
    return true;
  }

  private static int share(Buffer piece) {
    return Math.min(piece.length(), LIMIT);
  }

  private boolean awaitRoom(int bytes) {
    try {
      if (!room.tryAcquire(bytes, patience.toMillis(), TimeUnit.MILLISECONDS)) {
        giveUp();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed.complete(null);
    }
    return !closed.isDone();
  }

  /** Waits until {@code sending} is done; false: the client has gone away. */
  boolean await(Future<?> sending) {
    try {
      CompletableFuture.anyOf(sending.toCompletionStage().toCompletableFuture(), closed)
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return !closed.isDone() || sending.succeeded();
    } catch (ExecutionException | CancellationException e) {
      closed.complete(null);
    } catch (TimeoutException e) {
      giveUp();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed.complete(null);
    }
    return false;
  }

  /** As {@link #await}, for the event loop, which does not wait. */
  void watch(Future<?> sending) {
    if (!sending.isComplete()) {
      long timer = context.vertx().setTimer(patience.toMillis(), _ -> giveUp());
      sending.onComplete(_ -> context.vertx().cancelTimer(timer));
    }
  }

  /** What {@code future} brings; empty if the client has gone away before. */
  <T> Optional<T> awaitWhileOpen(CompletableFuture<T> future) throws InterruptedException {
    try {
      var _ = CompletableFuture.anyOf(future, closed).get();
      return future.isDone() ? Optional.of(future.get()) : Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private void giveUp() {
    closed.complete(null);
    Connections.abort(context.request().connection());
  }
}
