package dev.firebuild.coordinator.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Sends an answer in small pieces, each when the client has taken the one before: so much of it is
 * in memory, and no more, for each client that takes nothing.
 */
final class Pieces extends OutputStream {
  static final int PIECE = 32 * 1024;

  private final Exchange exchange;
  private final ByteArrayOutputStream piece = new ByteArrayOutputStream();

  Pieces(Exchange exchange) {
    this.exchange = exchange;
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
      if (piece.size() == PIECE) {
        flush();
      }
      int n = Math.min(left, PIECE - piece.size());
      piece.write(bytes, from, n);
      from += n;
      left -= n;
    }
  }

  /** Throws {@link IOException} if the client has gone away. */
  @Override
  public void flush() throws IOException {
    if (piece.size() > 0) {
      byte[] full = piece.toByteArray();
      piece.reset();
      if (!exchange.write(full)) {
        throw new IOException("the client has gone away");
      }
    }
  }
}
