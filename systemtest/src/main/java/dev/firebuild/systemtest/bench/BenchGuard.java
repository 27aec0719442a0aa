package dev.firebuild.systemtest.bench;

import dev.firebuild.systemtest.harness.Checkout;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that waits for the end of this one, whatever ends it, and ends then what is left of
 * this bench. What benches before left, whose guards were killed too, it ends at once.
 */
final class BenchGuard {
  private static final long END_SECONDS = 10;

  private final Process process;

  private BenchGuard(Process process) {
    this.process = process;
  }

  static BenchGuard start() throws IOException {
    Path script = Checkout.find().root().resolve("scripts/end-benches.sh");
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                "setsid",
                "sh",
                "-c",
                "\"$1\" \"$2\"; cat >/dev/null; exec \"$1\" \"$2\"",
                "bench-guard",
                script.toString(),
                BenchFolder.parent().toString()));
    // It is no part of what it ends.
    builder.environment().remove("BENCH_PID");
    return new BenchGuard(
        builder.redirectOutput(Redirect.DISCARD).redirectError(Redirect.INHERIT).start());
  }

  boolean is(ProcessHandle other) {
    return other.pid() == process.pid();
  }

  /** Nothing of this bench is left; waits until the guard is gone too. */
  void dismiss() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      // It has ended.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
