package dev.firebuild.worker.doctor;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A file system that is mounted, as in proc_pid_mountinfo(5).
 *
 * @param device {@code MAJOR:MINOR}
 * @param point where
 * @param options of the mount and of the file system
 */
record Mount(String device, String point, String type, String source, List<String> options) {

  static List<Mount> all(Host host) throws UnknownException {
    return host.line("/proc/self/mountinfo")
        .lines()
        .map(Mount::of)
        .flatMap(Optional::stream)
        .toList();
  }

  /** Where {@code path}, or what is there of it, lies. */
  static Mount of(Host host, String path) throws UnknownException {
    String real = host.real(path);
    // Of two at one point the later one covers the other.
    return all(host).reversed().stream()
        .filter(mount -> mount.holds(real))
        .max(Comparator.comparingInt(mount -> mount.point().length()))
        .orElseThrow(() -> new UnknownException("no mounted file system holds " + path));
  }

  private static Optional<Mount> of(String line) {
    String[] fields = line.split(" ", -1);
    int separator = Arrays.asList(fields).indexOf("-");
    if (separator < 6 || fields.length < separator + 4) {
      return Optional.empty();
    }
    return Optional.of(
        new Mount(
            fields[2],
            unescaped(fields[4]),
            fields[separator + 1],
            fields[separator + 2],
            Stream.of(fields[5], fields[separator + 3])
                .flatMap(options -> Stream.of(options.split(",", -1)))
                .toList()));
  }

  private static String unescaped(String point) {
    return point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
  }

  private boolean holds(String path) {
    return point.equals("/") || path.equals(point) || path.startsWith(point + "/");
  }

  boolean has(String option) {
    return options.contains(option);
  }
}
