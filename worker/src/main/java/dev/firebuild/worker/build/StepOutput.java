package dev.firebuild.worker.build;

import dev.firebuild.messaging.SubjectEvents;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Passes a step's output on as events, and remembers its end. */
final class StepOutput extends OutputStream {
  private static final int TAIL = 2048;
  private static final String DISK_FULL = "No space left on device";

  private final SubjectEvents events;
  private final int step;
  private final String stream;
  private byte[] tail = new byte[0];

  StepOutput(SubjectEvents events, int step, String stream) {
    this.events = events;
    this.step = step;
    this.stream = stream;
  }

  @Override
  public void write(int b) throws InterruptedIOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws InterruptedIOException {
    byte[] piece = Arrays.copyOfRange(bytes, offset, offset + length);
    remember(piece);
    try {
      events.buildLog(step, stream, piece);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  /** Whether the last output says that the disk is full. */
  boolean saidDiskFull() {
    return text().contains(DISK_FULL);
  }

  private String text() {
    return new String(tail, StandardCharsets.UTF_8);
  }

  private void remember(byte[] piece) {
    byte[] joined = Arrays.copyOf(tail, tail.length + piece.length);
    System.arraycopy(piece, 0, joined, tail.length, piece.length);
    tail =
        joined.length <= TAIL
            ? joined
            : Arrays.copyOfRange(joined, joined.length - TAIL, joined.length);
  }
}
