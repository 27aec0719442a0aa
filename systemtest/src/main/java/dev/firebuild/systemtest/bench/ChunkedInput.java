package dev.firebuild.systemtest.bench;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The body of an answer that comes in chunks; RFC 9112, section 7.1, without trailers. */
final class ChunkedInput extends InputStream {
  private final InputStream in;
  private int left;
  private boolean begun;
  private boolean ended;

  ChunkedInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (left == 0 && !ended) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int count = in.read(target, offset, Math.min(left, length));
    left -= Math.max(0, count);
    return count;
  }

  private void nextChunk() throws IOException {
    if (begun) {
      Wire.line(in);
    }
    begun = true;
    left = Integer.parseInt(Wire.line(in), 16);
    if (left == 0) {
      Wire.line(in);
      ended = true;
    }
  }
}
