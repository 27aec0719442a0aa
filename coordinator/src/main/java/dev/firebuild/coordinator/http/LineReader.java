package dev.firebuild.coordinator.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads lines, of which none may take more memory than a limit, nor for ever to come. Not
 * thread-safe.
 */
final class LineReader {
  private final InputStream in;
  private final int limit;
  private final BodyMemory memory;
  private final Duration patience;
  private final byte[] buffer = new byte[64 * 1024];
  private int next;
  private int end;

  /**
   * Lines of at most {@code limit} bytes. Of each, what is above {@link JsonBody#FREE} is kept in
   * {@code memory}.
   *
   * @param patience with a line, from its first byte on
   */
  LineReader(InputStream in, int limit, BodyMemory memory, Duration patience) {
    this.in = in;
    this.limit = limit;
    this.memory = memory;
    this.patience = patience;
  }

  /** A line. */
  sealed interface Line {
    /**
     * One that is whole.
     *
     * @param memory where it is kept; to be closed by who has read it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Text(byte[] bytes, BodyMemory.Share memory) implements Line {}

    /** It has more bytes than it may; they were passed over. */
    record TooLong() implements Line {}

    /** There was no memory for it; it was passed over. */
    record NoMemory() implements Line {}
  }

  /** It was begun, and did not end in time. */
  static final class SlowLineException extends IOException {
    private static final long serialVersionUID = 1;

    SlowLineException(Duration patience) {
      super(
          "the line comes too slowly: it did not end within %d s; send it again"
              .formatted(patience.toSeconds()));
    }
  }

  /**
   * The next line, without its end; empty: there are no more.
   *
   * @param wait for memory that others have
   */
  Optional<Line> read(Duration wait) throws IOException, InterruptedException {
    Growing line = new Growing(wait);
    try {
      boolean any = false;
      while (next < end || fill()) {
        any = true;
        int from = next;
        while (next < end && buffer[next] != '\n') {
          next++;
        }
        line.add(from, next - from);
        if (next < end) {
          next++;
          break;
        }
        line.requireInTime();
      }
      return any ? Optional.of(line.end()) : Optional.empty();
    } catch (IOException | InterruptedException | RuntimeException e) {
      line.share.close();
      throw e;
    }
  }

  /** The line that is being read; of one that is refused nothing is kept. */
  private final class Growing {
    private final BodyMemory.Share share = memory.share();
    private final Duration wait;
    private OptionalLong begin = OptionalLong.empty();
    private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Optional<Line> refused = Optional.empty();

    Growing(Duration wait) {
      this.wait = wait;
    }

    void add(int from, int length) throws InterruptedException {
      if (begin.isEmpty()) {
        begin = OptionalLong.of(System.nanoTime());
      }
      if (refused.isEmpty()) {
        refused = refusal(bytes.size() + length);
        if (refused.isEmpty()) {
          bytes.write(buffer, from, length);
        } else {
          bytes = new ByteArrayOutputStream();
          share.close();
        }
      }
    }

    private Optional<Line> refusal(int size) throws InterruptedException {
      if (size > limit) {
        return Optional.of(new Line.TooLong());
      }
      return share.hold(Math.max(0, size - JsonBody.FREE), wait)
          ? Optional.empty()
          : Optional.of(new Line.NoMemory());
    }

    /** More of it must come. */
    void requireInTime() throws SlowLineException {
      if (System.nanoTime() - begin.orElseThrow() >= patience.toNanos()) {
        throw new SlowLineException(patience);
      }
    }

    Line end() {
      return refused.orElseGet(() -> new Line.Text(bytes.toByteArray(), share));
    }
  }

  private boolean fill() throws IOException {
    next = 0;
    end = Math.max(0, in.read(buffer, 0, buffer.length));
    return end > 0;
  }
}
