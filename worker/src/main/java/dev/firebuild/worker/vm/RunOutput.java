package dev.firebuild.worker.vm;

import dev.firebuild.worker.guest.GuestExec;
import dev.firebuild.worker.guest.GuestSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads the output of a run's program out of its guest, by offset. */
final class RunOutput {
  private static final String SCRIPTS = "/lib/firebuild/";

  private static final int TRIES = 5;
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final GuestConnection connection;
  private final AtomicInteger readers = new AtomicInteger();
  private volatile boolean complete;

  RunOutput(GuestConnection connection) {
    this.connection = connection;
  }

  /** Whether somebody reads now. */
  boolean isRead() {
    return readers.get() > 0;
  }

  /** Whether somebody has read to the end. */
  boolean isComplete() {
    return complete;
  }

  /** See {@link Machine#readOutput}. */
  int read(long offset, Machine.OutputSink sink) throws IOException {
    readers.incrementAndGet();
    try {
      drop(offset);
      Progress progress = new Progress(offset, sink);
      while (!progress.ended()) {
        progress.follow(connection.session());
      }
      int code = exitCode(connection.session());
      complete = true;
      return code;
    } finally {
      readers.decrementAndGet();
    }
  }

  /** See {@link Machine#dropOutput}. */
  void drop(long offset) throws IOException {
    var _ = connection.session().call(List.of(SCRIPTS + "drop", Long.toString(offset)));
  }

  static int exitCode(GuestSession session) throws IOException {
    String text =
        new String(session.call(List.of(SCRIPTS + "exit-code")), StandardCharsets.UTF_8).strip();
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IOException("the guest told %s for an exit code".formatted(text), e);
    }
  }

  /** How far one reader is. */
  private static final class Progress {
    private final Machine.OutputSink sink;
    private long offset;
    private int failures;
    private boolean ended;

    Progress(long offset, Machine.OutputSink sink) {
      this.offset = offset;
      this.sink = sink;
    }

    boolean ended() {
      return ended;
    }

    /** Follows the output to its end, or until the connection is lost. */
    void follow(GuestSession session) throws IOException {
      try (GuestExec exec = session.start(List.of(SCRIPTS + "output", Long.toString(offset)))) {
        InputStream in = exec.stdout();
        offset = Math.max(offset, readStart(in));
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          deliver(Arrays.copyOf(buffer, n));
          failures = 0;
        }
        ended = exec.await() == 0;
      } catch (SinkException e) {
        throw e.failure;
      } catch (IOException e) {
        pauseAfter(e);
      }
    }

    private void deliver(byte[] bytes) throws SinkException {
      try {
        sink.accept(offset, bytes);
      } catch (IOException e) {
        throw new SinkException(e);
      }
      offset += bytes.length;
    }

    private void pauseAfter(IOException e) throws IOException {
      failures++;
      if (failures >= TRIES) {
        throw e;
      }
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        throw e;
      }
    }

    private static long readStart(InputStream in) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < '0' || b > '9' || line.length() > 18) {
          throw new IOException("the guest does not tell where the output begins");
        }
        line.append((char) b);
      }
      return Long.parseLong(line.toString());
    }
  }

  /** The reader's own failure: no reason to ask the guest again. */
  private static final class SinkException extends IOException {
    private static final long serialVersionUID = 1;
    private final IOException failure;

    SinkException(IOException failure) {
      super(failure);
      this.failure = failure;
    }
  }
}
