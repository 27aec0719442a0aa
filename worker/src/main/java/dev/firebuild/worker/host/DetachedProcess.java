package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A long-lived program that this process has started and that outlives it. */
public final class DetachedProcess {
  private static final int LOG_TAIL = 2000;

  private final List<String> argv;
  private final ProcessIdentity identity;
  private final Process process;
  private final Path log;

  DetachedProcess(List<String> argv, ProcessIdentity identity, Process process, Path log) {
    this.argv = argv;
    this.identity = identity;
    this.process = process;
    this.log = log;
  }

  /** What a later process finds it by. */
  public ProcessIdentity identity() {
    return identity;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Why it is not there: names the program, its exit code and what it printed last. */
  public ProcessException failure(String what) {
    String end = process.isAlive() ? what : what + "; exit code " + process.exitValue();
    String printed;
    try {
      printed = Files.readString(log);
    } catch (IOException e) {
      printed = "";
    }
    int from = Math.max(0, printed.length() - LOG_TAIL);
    return new ProcessException(argv, end, printed.substring(from));
  }
}
