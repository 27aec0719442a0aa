package dev.firebuild.worker.run;

import dev.firebuild.messaging.SubjectEvents;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongConsumer;

/**
 * Hands pieces of output over to Kafka and remembers how far it has them. Once a piece is refused
 * none is taken any more: the rest is read again from the remembered position.
 */
final class OutputDelivery {
  private final SubjectEvents events;
  private final OutputPosition position;
  private final LongConsumer onStored;
  private Optional<Piece> last = Optional.empty();
  private Optional<Throwable> failure = Optional.empty();
  private long stored;

  /** What one receipt of Kafka covers; more bytes may join it while it is open. */
  private static final class Piece {
    private final CompletableFuture<Void> receipt;
    private long end;

    private Piece(CompletableFuture<Void> receipt, long end) {
      this.receipt = receipt;
      this.end = end;
    }
  }

  /**
   * @param onStored told the offset before which Kafka has everything; returns at once
   */
  OutputDelivery(SubjectEvents events, OutputPosition position, LongConsumer onStored) {
    this.events = events;
    this.position = position;
    this.onStored = onStored;
  }

  /** Takes the bytes that begin at {@code offset}; waits while too much is on its way. */
  void accept(long offset, String stream, byte[] bytes) throws IOException {
    requireTaken();
    CompletableFuture<Void> receipt;
    try {
      receipt = events.vmLog(offset, stream, bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the worker ends");
    }
    add(receipt, offset + bytes.length);
  }

  /** Waits until Kafka has everything. */
  void settle() throws IOException, InterruptedException {
    Optional<CompletableFuture<Void>> receipt;
    synchronized (this) {
      receipt = last.map(piece -> piece.receipt);
    }
    if (receipt.isPresent()) {
      try {
        receipt.get().get();
      } catch (ExecutionException e) {
        throw new IOException("output could not be stored", e.getCause());
      }
    }
    requireTaken();
  }

  // The very same receipt is meant, not an equal one.
  @SuppressWarnings("ReferenceEquality")
  private void add(CompletableFuture<Void> receipt, long end) {
    Piece piece;
    synchronized (this) {
      if (last.isPresent() && last.get().receipt == receipt && !receipt.isDone()) {
        last.get().end = end;
        return;
      }
      piece = new Piece(receipt, end);
      last = Optional.of(piece);
    }
    var _ = receipt.whenComplete((_, refused) -> stored(piece, Optional.ofNullable(refused)));
  }

  private synchronized void stored(Piece piece, Optional<Throwable> refused) {
    if (failure.isPresent()) {
      return;
    }
    failure = refused;
    if (refused.isEmpty() && piece.end > stored) {
      stored = piece.end;
      try {
        position.write(stored);
        onStored.accept(stored);
      } catch (IOException e) {
        failure = Optional.of(e);
      }
    }
  }

  private synchronized void requireTaken() throws IOException {
    if (failure.isPresent()) {
      throw new IOException("output could not be stored", failure.get());
    }
  }
}
