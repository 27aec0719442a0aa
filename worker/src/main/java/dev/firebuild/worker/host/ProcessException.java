package dev.firebuild.worker.host;

import java.io.IOException;
import java.util.List;

/** An external program could not be run or failed; the message names it and its last words. */
public final class ProcessException extends IOException {
  private static final long serialVersionUID = 1;
  private static final int STDERR_LIMIT = 2000;
  private static final int ARGV_LIMIT = 300;

  ProcessException(List<String> argv, String what, String stderr) {
    super("%s: %s%s".formatted(commandLine(argv), what, lastWords(stderr)));
  }

  private static String commandLine(List<String> argv) {
    String line = String.join(" ", argv);
    return line.length() <= ARGV_LIMIT ? line : line.substring(0, ARGV_LIMIT) + "…";
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
