package dev.firebuild.worker.image;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Gives a finished file its public name: whole or not at all, also across a power loss, and never
 * in place of another file.
 */
final class Publication {
  private Publication() {}

  /** Makes {@code work} ready to be published: nobody may write it, and it is on the disk. */
  static void prepare(Path work) throws IOException {
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("r--r--r--"));
    force(work);
  }

  /**
   * Publishes {@code work}, which must be prepared and lie in the same file system, as {@code
   * target}; {@code work} is gone afterwards. The caller holds the store's lock: a file that is
   * there already becomes as young as a new one, so that no collector takes it away.
   *
   * @return false if {@code target} was there already: then it stays, and {@code work} is dropped
   */
  static boolean publish(Path work, Path target) throws IOException {
    boolean published = true;
    try {
      Files.createLink(target, work);
    } catch (FileAlreadyExistsException _) {
      published = false;
      Files.setLastModifiedTime(target, Files.getLastModifiedTime(work));
    }
    // Also when another process was first: it may not have got as far as this yet.
    force(target.resolveSibling(""));
    Files.delete(work);
    return published;
  }

  /** Waits until {@code path}, a file or a directory, is on the disk. */
  static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
