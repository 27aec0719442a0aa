package dev.firebuild.worker.vm;

import dev.firebuild.worker.guest.GuestExec;
import dev.firebuild.worker.guest.GuestSession;
import dev.firebuild.worker.vm.OutputFrames.Frame;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads the output of a run's program out of its guest, by offset. */
final class RunOutput {
  private static final String SCRIPTS = "/lib/firebuild/";

  private static final int TRIES = 5;
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final GuestConnection connection;
  private final OutputLandmarks landmarks = new OutputLandmarks();
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

  /** See {@link Machine#keptOutput}. */
  long kept(long offset) {
    return landmarks.kept(offset);
  }

  /** See {@link Machine#dropOutput}. */
  void drop(long offset) throws IOException {
    long place = landmarks.before(offset);
    if (place > 0) {
      connection.session().call(List.of(SCRIPTS + "drop", Long.toString(place)));
      landmarks.dropped(place);
    }
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
  private final class Progress {
    private final Machine.OutputSink sink;
    private long offset;
    private long place;
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
      try (GuestExec exec = session.start(List.of(SCRIPTS + "output", Long.toString(place)))) {
        InputStream in = exec.stdout();
        place = Math.max(place, OutputFrames.readStart(in));
        OutputFrames frames = new OutputFrames(in);
        Optional<Frame> frame = frames.next();
        while (frame.isPresent()) {
          take(frame.get());
          failures = 0;
          frame = frames.next();
        }
        ended = exec.await() == 0;
      } catch (SinkException e) {
        throw e.failure;
      } catch (IOException e) {
        pauseAfter(e);
      }
    }

    /** What the sink has already is left out: a guest begins with all that it keeps. */
    private void take(Frame frame) throws SinkException {
      place += frame.size();
      landmarks.add(frame.end(), place);
      if (frame.end() <= offset) {
        return;
      }
      int known = (int) Math.max(0, offset - frame.offset());
      byte[] bytes = Arrays.copyOfRange(frame.bytes(), known, frame.bytes().length);
      try {
        sink.accept(frame.offset() + known, frame.stream(), bytes);
      } catch (IOException e) {
        throw new SinkException(e);
      }
      offset = frame.end();
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
