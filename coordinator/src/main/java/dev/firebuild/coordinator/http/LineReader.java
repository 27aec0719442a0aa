package dev.firebuild.coordinator.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;

/** Reads lines, of which none may take more memory than a limit. Not thread-safe. */
final class LineReader {
  /** For memory that others have: what is on its way to Kafka leaves it within milliseconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final InputStream in;
  private final int limit;
  private final BodyMemory memory;
  private final byte[] buffer = new byte[64 * 1024];
  private int next;
  private int end;

  /** Lines of at most {@code limit} bytes, which are kept in {@code memory}. */
  LineReader(InputStream in, int limit, BodyMemory memory) {
    this.in = in;
    this.limit = limit;
    this.memory = memory;
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

  /** The next line, without its end; empty: there are no more. */
  Optional<Line> read() throws IOException, InterruptedException {
    Growing line = new Growing();
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
    private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Optional<Line> refused = Optional.empty();

    void add(int from, int length) throws InterruptedException {
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
      return share.hold(size, PATIENCE) ? Optional.empty() : Optional.of(new Line.NoMemory());
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
