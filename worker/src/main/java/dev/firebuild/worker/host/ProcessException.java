package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * An external program could not be run or failed. The message, which events carry to people who are
 * not on this host, names the program and its last words; the cause, which the log shows, has all
 * arguments and paths.
 */
public final class ProcessException extends IOException {
  private static final long serialVersionUID = 1;
  private static final int STDERR_LIMIT = 2000;

  ProcessException(List<String> argv, String what, String stderr) {
    super(
        "%s: %s%s"
            .formatted(
                Path.of(argv.getFirst()).getFileName(),
                HostFailure.withoutFolders(what),
                lastWords(HostFailure.withoutFolders(stderr))),
        new Whole("%s: %s%s".formatted(String.join(" ", argv), what, lastWords(stderr))));
  }

  static ProcessException missing(List<String> argv, List<Path> directories) {
    ProcessException missing =
        new ProcessException(argv, "this host has no such program; install it", "");
    missing.addSuppressed(new Whole("looked in " + directories));
    return missing;
  }

  /** What this host's operator may know. */
  private static final class Whole extends IOException {
    private static final long serialVersionUID = 1;

    private Whole(String message) {
      super(message);
      setStackTrace(new StackTraceElement[0]);
    }
  }

  private static String lastWords(String stderr) {
    String text = stderr.strip();
    if (text.isEmpty()) {
      return "";
    }
    return ": "
        + (text.length() <= STDERR_LIMIT ? text : text.substring(text.length() - STDERR_LIMIT));
  }
}
