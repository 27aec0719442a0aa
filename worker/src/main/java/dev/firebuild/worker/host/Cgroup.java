package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The control group (version 2) of one machine: its processes are counted and killed together.
 * There is none where this user may not make one.
 *
 * @param directory below the mount point of the group file system
 */
public record Cgroup(Path directory) {
  private static final String PARENT = "firebuild";
  private static final Duration REMOVAL = Duration.ofSeconds(10);
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  /** Where the group of machine {@code id} is, or would be. */
  public static Optional<Cgroup> of(String id) {
    return mountPoint().map(mount -> new Cgroup(mount.resolve(PARENT).resolve(id)));
  }

  /** Makes the group; false if this user may not. */
  public boolean create() {
    try {
      Files.createDirectories(directory);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Moves a process into the group, with all its threads; its later children are born there. */
  public void add(ProcessIdentity process) throws IOException {
    Files.writeString(directory.resolve("cgroup.procs"), Long.toString(process.pid()));
  }

  /** Kills what is in the group and removes it; nothing happens where there is none. */
  public void remove() throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    Path kill = directory.resolve("cgroup.kill");
    if (Files.exists(kill)) {
      Files.writeString(kill, "1");
    }
    // A group is busy for a moment after its last process has ended.
    if (!Waiting.until(REMOVAL, this::isRemoved)) {
      throw new IOException("processes of the control group %s do not end".formatted(directory));
    }
  }

  private boolean isRemoved() {
    try {
      Files.deleteIfExists(directory);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<Path> mountPoint() {
    try {
      List<String> mounts = Files.readAllLines(MOUNTS);
      return mounts.stream()
          .filter(line -> line.contains(" - cgroup2 "))
          .map(line -> Path.of(line.split(" ", -1)[4]))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
