package dev.firebuild.systemtest.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a process has used so far; see proc(5).
 *
 * @param program its name
 * @param ticks hundredths of a second on a core, in itself and in the kernel
 * @param pages of memory that it has
 */
record ProcessUse(String program, long ticks, long pages) {
  /** USER_HZ, the same on every Linux of today. */
  private static final double TICKS_PER_SECOND = 100;

  private static final double PAGES_PER_MEBIBYTE = 256;

  /** Empty: it is gone. */
  static Optional<ProcessUse> of(long pid) {
    try {
      // The name may hold anything, closing brackets too; after the last one come the fields.
      String stat =
          Files.readString(
              Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
      int open = stat.indexOf('(');
      int close = stat.lastIndexOf(')');
      String[] fields = stat.substring(close + 2).split(" ", -1);
      return Optional.of(
          new ProcessUse(
              stat.substring(open + 1, close),
              Long.parseLong(fields[11]) + Long.parseLong(fields[12]),
              Long.parseLong(fields[21])));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  double mebibytes() {
    return pages / PAGES_PER_MEBIBYTE;
  }

  /** Seconds on a core since {@code earlier}. */
  double secondsSince(ProcessUse earlier) {
    return (ticks - earlier.ticks) / TICKS_PER_SECOND;
  }
}
