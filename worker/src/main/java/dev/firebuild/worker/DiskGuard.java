package dev.firebuild.worker;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Says when there is too little room for new work. What runs already is left alone: its disks are
 * sparse, and only its own writes can fail.
 *
 * @param directories on the disks that work fills
 * @param leastFreeBytes what must be free on each
 */
record DiskGuard(List<Path> directories, long leastFreeBytes) {
  /** Why no new work may be taken; empty: there is room. */
  Optional<String> refusal() {
    for (Path directory : directories) {
      try {
        FileStore store = Files.getFileStore(directory);
        long free = store.getUsableSpace();
        if (free < leastFreeBytes) {
          return Optional.of(
              "the disk of %s has %d MiB free, new work needs %d MiB; free some, or lower --min-free"
                  .formatted(directory, free >> 20, leastFreeBytes >> 20));
        }
      } catch (IOException e) {
        return Optional.of("cannot tell how full the disk of %s is: %s".formatted(directory, e));
      }
    }
    return Optional.empty();
  }
}
