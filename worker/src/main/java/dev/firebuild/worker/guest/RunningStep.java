package dev.firebuild.worker.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A build step that runs. */
public final class RunningStep implements AutoCloseable {
  private static final int PROBLEM = 125;

  private final GuestSession session;
  private final String id;
  private final GuestExec exec;
  private volatile boolean cancelled;
  private volatile boolean ended;

  RunningStep(GuestSession session, String id, GuestExec exec) {
    this.session = session;
    this.id = id;
    this.exec = exec;
  }

  /**
   * Copies both outputs as they arrive and waits for the end.
   *
   * @throws IOException if the guest was lost, or the step was cancelled
   */
  public StepEnd transfer(OutputStream out, OutputStream err) throws IOException {
    int code = exec.transfer(InputStream.nullInputStream(), out, err);
    ended = true;
    if (cancelled) {
      throw new IOException("the step was cancelled");
    }
    // A program may end with the same code: only the file tells.
    if (code == PROBLEM) {
      String problem = problem();
      if (!problem.isEmpty()) {
        return new StepEnd.Unprepared(problem);
      }
    }
    return new StepEnd.Exited(code);
  }

  private String problem() throws IOException {
    byte[] text =
        session.call(
            List.of(
                "/bin/sh",
                "-c",
                "! [ -e \"$1\" ] || cat \"$1\"",
                "sh",
                "/run/firebuild/steps/" + id + "/problem"));
    return new String(text, StandardCharsets.UTF_8).strip();
  }

  /** Kills the step and all that it started; from any thread, more than once. */
  public void cancel() {
    cancelled = true;
    if (ended) {
      return;
    }
    try {
      session.call(List.of("/lib/firebuild/cancel-step", id));
    } catch (IOException e) {
      exec.cancel(); // The guest is lost, and the step with it.
    }
  }

  @Override
  public void close() {
    if (!ended) {
      cancel();
    }
    exec.close();
  }
}
