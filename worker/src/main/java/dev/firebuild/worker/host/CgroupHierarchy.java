package dev.firebuild.worker.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A tree of control groups (cgroups(7)).
 *
 * @param mount its root
 * @param version 1 or 2
 */
record CgroupHierarchy(Path mount, int version) {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final Set<String> CONTROLLERS = Set.of("memory", "pids", "cpu");

  /** In the first version the usual share, in the second the usual weight, of one processor. */
  private static final int SHARES = 1024;

  private static final int WEIGHT = 100;
  private static final int LARGEST_WEIGHT = 10_000;
  private static final int LARGEST_SHARES = 1 << 18;

  /**
   * Held while groups are added up: of two machines that are made at once the older sum could be
   * written last. Workers in other processes do not hold it; the next machine mends what they do.
   */
  private static final Lock WEIGHING = new ReentrantLock();

  static List<CgroupHierarchy> ofHost() {
    try {
      return of(Files.readAllLines(MOUNTS));
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * The hierarchies that are of use.
   *
   * @param mountInfo lines as in proc_pid_mountinfo(5)
   */
  static List<CgroupHierarchy> of(List<String> mountInfo) {
    return mountInfo.stream().map(CgroupHierarchy::of).flatMap(Optional::stream).toList();
  }

  private static Optional<CgroupHierarchy> of(String mount) {
    String[] fields = mount.split(" ", -1);
    int separator = Arrays.asList(fields).indexOf("-");
    if (separator < 5 || fields.length < separator + 4) {
      return Optional.empty();
    }
    Path directory = Path.of(fields[4]);
    return switch (fields[separator + 1]) {
      case "cgroup2" -> Optional.of(new CgroupHierarchy(directory, 2));
      case "cgroup" ->
          Arrays.stream(fields[separator + 3].split(",", -1)).anyMatch(CONTROLLERS::contains)
              ? Optional.of(new CgroupHierarchy(directory, 1))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** Lets the groups below {@code group} have limits, as far as they may. */
  void delegate(Path group) {
    for (String controller : CONTROLLERS.stream().sorted().toList()) {
      write(group.resolve("cgroup.subtree_control"), "+" + controller);
    }
  }

  /** Limits {@code group}, as far as its controllers are there. */
  void limit(Path group, Cgroup.Limits limits) {
    settings(limits).forEach((file, value) -> write(group.resolve(file), value));
  }

  /**
   * Gives {@code parent} the weight of all groups in it together. With the usual weight of one
   * group all machines of a busy host would get as much of it as one other process.
   */
  void weigh(Path parent) {
    String file = version == 1 ? "cpu.shares" : "cpu.weight";
    WEIGHING.lock();
    try (Stream<Path> groups = Files.list(parent)) {
      int sum = groups.mapToInt(group -> number(group.resolve(file))).sum();
      if (sum > 0) {
        int largest = version == 1 ? LARGEST_SHARES : LARGEST_WEIGHT;
        write(parent.resolve(file), Integer.toString(Math.min(largest, sum)));
      }
    } catch (IOException | UncheckedIOException e) {
      // Not ours to look at.
    } finally {
      WEIGHING.unlock();
    }
  }

  /** What stands in {@code file}; 0 where nothing does. */
  private static int number(Path file) {
    try {
      return Integer.parseInt(Files.readString(file).strip());
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  private Map<String, String> settings(Cgroup.Limits limits) {
    String memory = Long.toString(limits.memoryBytes());
    String tasks = Integer.toString(limits.tasks());
    Map<String, Object> settings =
        switch (version) {
          case 1 ->
              Map.of(
                  "memory.limit_in_bytes",
                  memory,
                  // The swapped pages would make the machine slow and its host too.
                  "memory.swappiness",
                  0,
                  "pids.max",
                  tasks,
                  "cpu.shares",
                  SHARES * limits.cpus());
          default ->
              Map.of(
                  "memory.max",
                  memory,
                  "memory.swap.max",
                  0,
                  "pids.max",
                  tasks,
                  "cpu.weight",
                  Math.min(LARGEST_WEIGHT, WEIGHT * limits.cpus()));
        };
    return settings.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().toString()));
  }

  /** A controller that is not there has no file; one that may not be used refuses. */
  private static void write(Path file, String value) {
    if (Files.isWritable(file)) {
      try {
        Files.writeString(file, value);
      } catch (IOException e) {
        // The group goes without this limit.
      }
    }
  }
}
