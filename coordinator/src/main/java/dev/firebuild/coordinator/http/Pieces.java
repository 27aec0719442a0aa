package dev.firebuild.coordinator.http;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;

/** Sends an answer in pieces: what is written in small parts travels together. */
final class Pieces extends OutputStream {
  static final int PIECE = 32 * 1024;

  /** Most of what is sent at once is a frame or an answer. */
  private static final int USUAL = 1024;

  private final Outflow outflow;
  private Buffer piece = Buffer.buffer(USUAL);

  Pieces(Exchange exchange) {
    this.outflow = exchange.outflow();
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    int from = offset;
    int left = count;
    while (left > 0) {
      if (piece.length() == PIECE) {
        flush();
      }
      int n = Math.min(left, PIECE - piece.length());
      piece.appendBytes(bytes, from, n);
      from += n;
      left -= n;
    }
  }

  /** Throws {@link IOException} if the client has gone away. */
  @Override
  public void flush() throws IOException {
    if (piece.length() > 0) {
      Buffer full = piece;
      piece = Buffer.buffer(USUAL);
      if (!outflow.write(full)) {
        throw new IOException("the client has gone away");
      }
    }
  }
}
