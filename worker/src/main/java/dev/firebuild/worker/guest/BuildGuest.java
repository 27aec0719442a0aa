package dev.firebuild.worker.guest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What a build does inside its VM: runs steps, and holds the upper disk still to be copied. */
public final class BuildGuest {
  /** The root of the image that is built, in the guest. */
  public static final String IMAGE = "/image";

  private static final String SCRIPTS = "/lib/firebuild/";

  private final GuestSession session;
  private final AtomicInteger steps = new AtomicInteger();

  public BuildGuest(GuestSession session) {
    this.session = session;
  }

  /**
   * Runs {@code step} and waits for its end; nothing that it started lives on.
   *
   * @throws IOException if the guest was lost, or the step was cancelled
   */
  public StepEnd run(Step step, OutputStream out, OutputStream err) throws IOException {
    try (RunningStep running = start(step)) {
      return running.transfer(out, err);
    }
  }

  /** Starts {@code step}; closing or cancelling the result kills all that it started. */
  public RunningStep start(Step step) throws IOException {
    String id = Integer.toString(steps.incrementAndGet());
    GuestExec exec = session.start(List.of(SCRIPTS + "step", id, step.network() ? "host" : "none"));
    try (OutputStream stdin = exec.stdin()) {
      stdin.write(ProgramFile.of(step).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      exec.close();
      throw e;
    }
    return new RunningStep(session, id, exec);
  }

  /**
   * Writes everything to the upper disk, gives back its free blocks and stops all writing: the file
   * on the host is a clean file system until {@link Frozen#close}.
   *
   * @throws IOException if the guest was lost, or cannot do it
   */
  public Frozen freeze() throws IOException {
    return Frozen.begin(session.start(List.of(SCRIPTS + "freeze")));
  }

  /**
   * Mounts input drives that hold layers, one over the other, read-only at {@code directory} of the
   * initramfs: the files of another stage or image.
   *
   * @param inputs numbers of input drives, bottom first
   */
  public void mountLayers(String directory, List<Integer> inputs) throws IOException {
    List<String> argv = new ArrayList<>(List.of(SCRIPTS + "mount-layers", directory));
    inputs.forEach(input -> argv.add(Integer.toString(input)));
    session.call(argv);
  }
}
