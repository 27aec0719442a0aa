package dev.firebuild.coordinator.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A request's body as a blocking stream: the next piece is asked for when the one before has been
 * read, so a fast client fills no memory.
 */
final class RequestBody extends InputStream {
  private static final int WINDOW = 4;

  private final HttpServerRequest request;
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

  /** Takes over {@code request}, which must be fresh; it is paused. */
  RequestBody(HttpServerRequest request) {
    this.request = request;
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

  /** Reads and forgets what nobody wants, so that the connection is free for the next request. */
  void discard() {
    try {
      request.handler(_ -> {});
      request.fetch(Long.MAX_VALUE);
    } catch (IllegalStateException e) {
      // The request has ended: there is nothing left.
    }
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
      switch (pieces.take()) {
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
