package dev.firebuild.coordinator.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads lines, of which none may take more memory than a limit. Not thread-safe. */
final class LineReader {
  private final InputStream in;
  private final int limit;
  private final byte[] buffer = new byte[64 * 1024];
  private int next;
  private int end;

  /** Lines of at most {@code limit} bytes. */
  LineReader(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** A line. */
  sealed interface Line {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Text(byte[] bytes) implements Line {}

    /** It has more bytes than it may; they were passed over. */
    record TooLong() implements Line {}
  }

  /** The next line, without its end; empty: there are no more. */
  Optional<Line> read() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean tooLong = false;
    boolean any = false;
    while (next < end || fill()) {
      any = true;
      int from = next;
      while (next < end && buffer[next] != '\n') {
        next++;
      }
      tooLong |= line.size() + next - from > limit;
      if (!tooLong) {
        line.write(buffer, from, next - from);
      }
      if (next < end) {
        next++;
        break;
      }
    }
    if (!any) {
      return Optional.empty();
    }
    return Optional.of(tooLong ? new Line.TooLong() : new Line.Text(line.toByteArray()));
  }

  private boolean fill() throws IOException {
    next = 0;
    end = Math.max(0, in.read(buffer, 0, buffer.length));
    return end > 0;
  }
}
