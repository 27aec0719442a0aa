package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that a recycled pid can't be taken for, also after the host was started again.
 *
 * @param pid its number
 * @param startTime clock ticks after the host's boot, field 22 of {@code /proc/PID/stat}; 0 if it
 *     had ended before it could be read
 * @param boot that of the host, see {@link Boot#id}: pids and ticks begin anew with each
 */
public record ProcessIdentity(long pid, long startTime, String boot) {
  /** The process that has {@code pid} now. */
  public static ProcessIdentity of(long pid) {
    return new ProcessIdentity(pid, stat(pid).map(Stat::startTime).orElse(0L), Boot.id());
  }

  /** Whether this very process still runs; one that only waits to be reaped does not. */
  public boolean isAlive() {
    return Boot.id().equals(boot)
        && stat(pid).filter(stat -> stat.startTime() == startTime && stat.runs()).isPresent();
  }

  /** Kills this very process, and no other that has its pid now. */
  public void kill() {
    if (isAlive()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private record Stat(char state, long startTime) {
    boolean runs() {
      return state != 'Z' && state != 'X';
    }
  }

  private static Optional<Stat> stat(long pid) {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // The second field is the program's name in parentheses and may hold anything.
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
      return Optional.of(new Stat(fields[0].charAt(0), Long.parseLong(fields[19])));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
