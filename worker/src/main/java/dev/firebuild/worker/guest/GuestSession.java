package dev.firebuild.worker.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * The SSH connection to a guest's initramfs, as root there. Several programs may run over it at the
 * same time, each from its own thread.
 */
@SuppressWarnings({"DoNotCallSuggester", "ObjectToString", "UnusedVariable"})
public final class GuestSession implements AutoCloseable {
  /**
   * Starts {@code argv} in the initramfs. Every argument arrives as it is, whatever it holds.
   *
   * @throws IOException if the guest can't be reached
   */
  public GuestExec start(List<String> argv) throws IOException {
    throw new UnsupportedOperationException(argv.toString());
  }

  /**
   * Runs {@code argv} in the initramfs to its end.
   *
   * @param stdin sent to the program; closed by the caller
   * @param out takes standard output as it arrives
   * @param err takes standard error as it arrives
   * @return the exit code; 128 + n after signal n
   * @throws IOException if the guest can't be reached, or was lost before the program ended
   */
  public int exec(List<String> argv, InputStream stdin, OutputStream out, OutputStream err)
      throws IOException {
    try (GuestExec exec = start(argv)) {
      return exec.transfer(stdin, out, err);
    }
  }

  /**
   * Runs {@code argv} and returns what it printed on standard output (at most 1 MiB).
   *
   * @throws IOException also if the exit code is not 0; the message has the program's standard
   *     error
   */
  public byte[] call(List<String> argv) throws IOException {
    throw new UnsupportedOperationException(argv.toString());
  }

  @Override
  public void close() {}
}
