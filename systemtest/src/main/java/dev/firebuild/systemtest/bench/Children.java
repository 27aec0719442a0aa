package dev.firebuild.systemtest.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Processes that were started to be measured. */
final class Children implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(90);
  private static final Duration END = Duration.ofSeconds(20);

  private final List<Process> all = new ArrayList<>();

  /**
   * Starts {@code builder}'s program and returns when it has said a line that holds {@code word}.
   */
  Process start(ProcessBuilder builder, Path log, String word)
      throws IOException, InterruptedException {
    long from = Files.exists(log) ? Files.size(log) : 0;
    Process process =
        builder.redirectOutput(Redirect.appendTo(log.toFile())).redirectErrorStream(true).start();
    synchronized (all) {
      all.add(process);
    }
    long deadline = System.nanoTime() + READY.toNanos();
    while (!said(log, from).contains(word)) {
      if (process.waitFor(5, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "%s did not say %s:%n%s".formatted(builder.command(), word, said(log, from)));
      }
    }
    return process;
  }

  private static String said(Path log, long from) throws IOException {
    return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).substring((int) from);
  }

  /** Ends them in the order of their coming, by force where that takes too long. */
  @Override
  public void close() {
    synchronized (all) {
      all.forEach(Process::destroy);
      for (Process process : all) {
        try {
          if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          process.destroyForcibly();
        }
      }
    }
  }
}
