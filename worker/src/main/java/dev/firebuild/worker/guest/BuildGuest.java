package dev.firebuild.worker.guest;

import java.io.IOException;
import java.io.OutputStream;

/** What a build does inside its VM: runs steps, and holds the upper disk still to be copied. */
@SuppressWarnings({"DoNotCallSuggester", "ObjectToString", "UnusedVariable"})
public final class BuildGuest {
  /** What a step's program said at its end; see {@link #UNPREPARED}. */
  private final GuestSession session;

  /**
   * The exit code of a step whose program could not be started because the step itself is wrong: an
   * unknown user, a working directory that is a file. Standard error says why.
   */
  public static final int UNPREPARED = 125;

  public BuildGuest(GuestSession session) {
    this.session = session;
  }

  /**
   * Runs {@code step} and waits for its end; nothing that it started lives on.
   *
   * @return the program's exit code; {@link #UNPREPARED}, or 127 if there is no such program
   * @throws IOException if the guest was lost, or the step was cancelled
   */
  public int run(Step step, OutputStream out, OutputStream err) throws IOException {
    try (RunningStep running = start(step)) {
      return running.transfer(out, err);
    }
  }

  /** Starts {@code step}; closing or cancelling the result kills all that it started. */
  public RunningStep start(Step step) throws IOException {
    throw new UnsupportedOperationException(step + session.toString());
  }

  /**
   * Writes everything to the upper disk, trims its free blocks and stops all writing: the file on
   * the host is a clean file system until {@link Frozen#close}.
   */
  public Frozen freeze() throws IOException {
    throw new UnsupportedOperationException();
  }

  /** The upper disk, held still. */
  public interface Frozen extends AutoCloseable {
    /** Lets the guest write again. */
    @Override
    void close() throws IOException;
  }

  /** A step that runs. */
  public interface RunningStep extends AutoCloseable {
    /** Copies both outputs as they arrive and returns the exit code. */
    int transfer(OutputStream out, OutputStream err) throws IOException;

    /** Kills the step; from any thread, more than once. */
    void cancel();

    @Override
    void close();
  }
}
