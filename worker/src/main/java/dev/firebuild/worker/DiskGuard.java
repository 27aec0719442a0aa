package dev.firebuild.worker;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when there is too little room for new work. What runs already is left alone: its disks are
 * sparse, and only its own writes can fail.
 */
final class DiskGuard {
  private static final Logger log = LoggerFactory.getLogger(DiskGuard.class);

  private final List<Path> directories;
  private final long leastFreeBytes;
  private final AtomicBoolean refuses = new AtomicBoolean();

  /**
   * @param directories on the disks that work fills
   * @param leastFreeBytes what must be free on each
   */
  DiskGuard(List<Path> directories, long leastFreeBytes) {
    this.directories = List.copyOf(directories);
    this.leastFreeBytes = leastFreeBytes;
  }

  /** Why no new work may be taken; empty: there is room. A change is logged. */
  Optional<String> refusal() {
    Optional<String> reason = look();
    if (refuses.compareAndSet(reason.isEmpty(), reason.isPresent())) {
      reason.ifPresentOrElse(
          why -> log.atWarn().addKeyValue("reason", why).log("no new work is taken"),
          () -> log.atInfo().log("there is room again, new work is taken"));
    }
    return reason;
  }

  private Optional<String> look() {
    for (Path directory : directories) {
      try {
        FileStore store = Files.getFileStore(directory);
        long free = store.getUsableSpace();
        if (free < leastFreeBytes) {
          return Optional.of(
              "the disk of %s has %d MiB free, new work needs %d MiB; free some"
                  .formatted(directory, free >> 20, leastFreeBytes >> 20));
        }
      } catch (IOException e) {
        return Optional.of("cannot tell how full the disk of %s is: %s".formatted(directory, e));
      }
    }
    return Optional.empty();
  }
}
