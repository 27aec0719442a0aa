package dev.firebuild.coordinator.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A request's body as a blocking stream: the next piece is asked for when the one before has been
 * read, so a fast client fills no memory.
 */
final class RequestBody extends InputStream {
  private static final int WINDOW = 4;

  private final HttpServerRequest request;
  private final Duration patience;
  private final LinkedBlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
  private Buffer current = Buffer.buffer();
  private int read;
  private boolean begun;
  private boolean ended;

  private sealed interface Piece {
    record Bytes(Buffer buffer) implements Piece {}

    record End() implements Piece {}

    record Broken(Throwable cause) implements Piece {}
  }

  /** Nothing of the body came for too long. */
  static final class StalledException extends IOException {
    private static final long serialVersionUID = 1;

    StalledException(Duration patience) {
      super(
          "the upload stands still: nothing of it came for %d s; send it again"
              .formatted(patience.toSeconds()));
    }
  }

  /**
   * Takes over {@code request}, which must be fresh; it is paused.
   *
   * @param patience for the next bytes, however slowly they come
   */
  RequestBody(HttpServerRequest request, Duration patience) {
    this.request = request;
    this.patience = patience;
    request.pause();
    request.handler(buffer -> pieces.add(new Piece.Bytes(buffer)));
    request.endHandler(_ -> pieces.add(new Piece.End()));
    request.exceptionHandler(cause -> pieces.add(new Piece.Broken(cause)));
  }

  /** Lets the body come: a client that asks first is told to send it. */
  private void begin() {
    begun = true;
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      var _ = request.response().writeContinue();
    }
    ask(WINDOW);
  }

  private void ask(long count) {
    try {
      request.fetch(count);
    } catch (IllegalStateException e) {
      // The request has ended: all that will come lies in the queue.
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!begun) {
      begin();
    }
    while (read == current.length()) {
      if (ended) {
        return -1;
      }
      take();
    }
    int n = Math.min(length, current.length() - read);
    current.getBytes(read, read + n, target, offset);
    read += n;
    return n;
  }

  private void take() throws IOException {
    try {
      switch (pieces.poll(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        case null -> throw new StalledException(patience);
        case Piece.Bytes(Buffer buffer) -> {
          current = buffer;
          read = 0;
          ask(1);
        }
        case Piece.End() -> ended = true;
        case Piece.Broken(Throwable cause) ->
            throw new IOException("the client went away in the middle of its upload", cause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
