package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import java.io.PrintWriter;
import java.util.Locale;

/** Numbered steps with their times, for a person who waits. */
final class Steps {
  private final PrintWriter out;
  private final int total;
  private int number;

  /** A step, which returns what it did, for people. */
  @FunctionalInterface
  interface Step {
    String run() throws Exception;
  }

  Steps(PrintWriter out, int total) {
    this.out = out;
    this.total = total;
  }

  /** Runs {@code step}; a failure names it. */
  void run(String title, Step step) throws Exception {
    number++;
    out.println("[%d/%d] %s".formatted(number, total, title));
    out.flush();
    long start = System.nanoTime();
    String result;
    try {
      result = step.run();
    } catch (CliException e) {
      throw new CliException(
          "quickstart stopped at step %d, %s: %s".formatted(number, title, e.getMessage()), e);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    out.println(String.format(Locale.ROOT, "      %s (%.1f s)", result, seconds));
    out.flush();
  }
}
