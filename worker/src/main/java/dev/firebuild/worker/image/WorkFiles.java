package dev.firebuild.worker.image;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are not published yet, in a directory that belongs to one process. Its lock tells the
 * others that the process lives; what a dead one left is removed by the next that opens the store.
 */
final class WorkFiles implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(WorkFiles.class);
  private static final String LOCK = "lock";

  private final Path directory;
  private final FileChannel lockFile;
  private final FileLock lock;
  private final AtomicLong next = new AtomicLong();

  private WorkFiles(Path directory, FileChannel lockFile, FileLock lock) {
    this.directory = directory;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Makes the directory of a new process below {@code parent}, and removes those of dead ones. The
   * caller holds the store's lock, so that no directory is seen between its making and its locking.
   */
  static WorkFiles open(Path parent) throws IOException {
    try (DirectoryStream<Path> others = Files.newDirectoryStream(parent)) {
      for (Path other : others) {
        removeIfDead(other);
      }
    }
    Path directory = Files.createTempDirectory(parent, "w");
    FileChannel lockFile =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    return new WorkFiles(directory, lockFile, lockFile.lock());
  }

  /** A path on which no file is yet. */
  Path next() {
    return directory.resolve("f" + next.getAndIncrement());
  }

  @Override
  public void close() throws IOException {
    lock.release();
    lockFile.close();
    remove(directory);
  }

  private static void removeIfDead(Path directory) throws IOException {
    try (FileChannel lockFile =
        FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE)) {
      Optional<FileLock> lock = tryLock(lockFile);
      if (lock.isPresent()) {
        remove(directory);
        log.atInfo().addKeyValue("directory", directory).log("removed what a dead process left");
      }
    } catch (NoSuchFileException _) {
      // A process died before it had the lock.
      remove(directory);
    }
  }

  private static Optional<FileLock> tryLock(FileChannel file) throws IOException {
    try {
      return Optional.ofNullable(file.tryLock());
    } catch (OverlappingFileLockException _) {
      // A store of this very process holds it.
      return Optional.empty();
    }
  }

  private static void remove(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException _) {
      return;
    }
    Files.deleteIfExists(directory);
  }
}
