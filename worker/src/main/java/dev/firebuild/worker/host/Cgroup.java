package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * The control group of one machine: its processes are limited, counted and killed together. On a
 * host with controllers of the first version it is a directory in each of their hierarchies beside
 * the one of the second. Where this user may not make one, there is none; a controller that the
 * host lacks limits nothing.
 *
 * @param id of the machine
 * @param hierarchies of this host
 */
public record Cgroup(String id, List<CgroupHierarchy> hierarchies) {
  private static final String PARENT = "firebuild";
  private static final Duration REMOVAL = Duration.ofSeconds(10);

  public Cgroup {
    hierarchies = List.copyOf(hierarchies);
  }

  /** The group of machine {@code id}, whether it exists or not. */
  public static Cgroup of(String id) {
    return new Cgroup(id, CgroupHierarchy.ofHost());
  }

  /**
   * What a machine may take of its host.
   *
   * @param memoryBytes of all its processes and what they read and write
   * @param tasks processes and threads
   * @param cpus its share of the processors when others want them too
   */
  public record Limits(long memoryBytes, int tasks, int cpus) {}

  /** Makes the group, as far as this user may. */
  public void create(Limits limits) {
    for (CgroupHierarchy hierarchy : hierarchies) {
      try {
        Path parent = hierarchy.mount().resolve(PARENT);
        hierarchy.delegate(hierarchy.mount());
        Files.createDirectories(parent);
        hierarchy.delegate(parent);
        Files.createDirectories(directory(hierarchy));
        hierarchy.limit(directory(hierarchy), limits);
        hierarchy.weigh(parent);
      } catch (IOException e) {
        // Not ours to make: the machine goes without.
      }
    }
  }

  /** Moves a process into the group, with all its threads; its later children are born there. */
  public void add(ProcessIdentity process) throws IOException {
    for (CgroupHierarchy hierarchy : hierarchies) {
      Path processes = directory(hierarchy).resolve("cgroup.procs");
      if (Files.isWritable(processes)) {
        Files.writeString(processes, Long.toString(process.pid()));
      }
    }
  }

  /** Kills what is in the group and removes it; nothing happens where there is none. */
  public void remove() throws IOException {
    List<Path> directories =
        hierarchies.stream().map(this::directory).filter(Files::isDirectory).toList();
    for (Path directory : directories) {
      Path kill = directory.resolve("cgroup.kill");
      if (Files.exists(kill)) {
        Files.writeString(kill, "1");
      }
    }
    // A group is busy for a moment after its last process has ended.
    Predicate<Path> removed = Cgroup::isRemoved;
    if (!Waiting.until(REMOVAL, () -> directories.stream().filter(removed.negate()).count() == 0)) {
      throw new IOException("processes of the control group %s do not end".formatted(id));
    }
    hierarchies.forEach(hierarchy -> hierarchy.weigh(hierarchy.mount().resolve(PARENT)));
  }

  private Path directory(CgroupHierarchy hierarchy) {
    return hierarchy.mount().resolve(PARENT).resolve(id);
  }

  private static boolean isRemoved(Path directory) {
    try {
      Files.deleteIfExists(directory);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
