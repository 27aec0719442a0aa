package dev.firebuild.worker.guest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A build's upper disk, held still by a program in the guest that waits for its input's end. */
public final class Frozen implements AutoCloseable {
  private static final String WORD = "frozen";

  private final GuestExec exec;

  private Frozen(GuestExec exec) {
    this.exec = exec;
  }

  /** Waits until {@code exec}, the script {@code freeze}, has stopped all writing. */
  static Frozen begin(GuestExec exec) throws IOException {
    try {
      if (!line(exec.stdout()).equals(WORD)) {
        throw failed("hold the upper disk still", exec);
      }
      return new Frozen(exec);
    } catch (IOException e) {
      exec.close();
      throw e;
    }
  }

  /** Byte by byte: sshj's stream waits for more even if nothing more is asked for. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  private static IOException failed(String what, GuestExec exec) throws IOException {
    String reason = new String(exec.stderr().readAllBytes(), StandardCharsets.UTF_8).strip();
    return new IOException(
        "the guest cannot %s: exit code %d: %s".formatted(what, exec.await(), reason));
  }

  /** Lets the guest write again. */
  @Override
  public void close() throws IOException {
    try (exec) {
      exec.stdin().close();
      var _ = exec.stdout().readAllBytes();
      if (exec.await() != 0) {
        throw failed("write to its upper disk again", exec);
      }
    }
  }
}
