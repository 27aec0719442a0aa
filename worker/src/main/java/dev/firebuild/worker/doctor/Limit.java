package dev.firebuild.worker.doctor;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A limit of this process, which its programs inherit, as in proc_pid_limits(5).
 *
 * @param name as the kernel has it
 * @param least what is enough
 * @param remedy what raises it
 */
record Limit(String name, long least, String remedy) implements Probe {

  @Override
  public Finding look(Host host) throws UnknownException {
    // The JVM raises its own soft limits, and so can programs.
    long hard = value(host, name, 2);
    String found = hard == Long.MAX_VALUE ? "unlimited" : Long.toString(hard);
    return hard >= least
        ? Finding.pass(found)
        : Finding.warn("%s, where %d are enough".formatted(found, least), remedy);
  }

  /** The soft limit {@code name}. */
  static long soft(Host host, String name) throws UnknownException {
    return value(host, name, 1);
  }

  private static long value(Host host, String name, int column) throws UnknownException {
    Matcher line =
        Pattern.compile("(?m)^" + Pattern.quote(name) + "\\s+(\\S+)\\s+(\\S+)")
            .matcher(host.line("/proc/self/limits"));
    if (!line.find()) {
      throw new UnknownException("the kernel tells no limit: " + name);
    }
    String value = line.group(column);
    return value.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(value);
  }
}
