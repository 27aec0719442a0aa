package dev.firebuild.cli.node;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One node for each data folder: a lock that the kernel gives back however the process ends. */
final class NodeLock implements AutoCloseable {
  private final FileChannel channel;

  private NodeLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Takes the lock; empty if another process has it. */
  static Optional<NodeLock> tryTake(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      @Nullable FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(new NodeLock(channel));
      }
    } catch (OverlappingFileLockException _) {
      // Held by this very process.
    }
    channel.close();
    return Optional.empty();
  }

  /** Whether some process holds the lock. */
  static boolean isTaken(Path file) throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    Optional<NodeLock> mine = tryTake(file);
    if (mine.isPresent()) {
      mine.get().close();
      return false;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
