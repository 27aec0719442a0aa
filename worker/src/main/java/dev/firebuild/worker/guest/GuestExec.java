package dev.firebuild.worker.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A program that runs in a guest. Closing it while it runs kills it. */
public interface GuestExec extends AutoCloseable {
  /** The program's standard input; closing it is the program's end of file. */
  OutputStream stdin();

  /** The program's standard output; must be read, or the program stalls. */
  InputStream stdout();

  /** The program's standard error; must be read, or the program stalls. */
  InputStream stderr();

  /**
   * Waits for the end; the output must have been read.
   *
   * @return the exit code; 128 + n after signal n
   * @throws IOException if the guest was lost, or the program was cancelled
   */
  int await() throws IOException;

  /** Feeds {@code in}, copies both outputs as they arrive and waits for the end. */
  int transfer(InputStream in, OutputStream out, OutputStream err) throws IOException;

  /** Kills the program and all that it started; from any thread, more than once. */
  void cancel();

  @Override
  void close();
}
