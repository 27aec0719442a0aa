package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Lets one process, and one thread of it, decide at a time what stays in a store. */
public final class StoreLock implements AutoCloseable {
  /** File locks belong to the whole process: its threads need locks of their own. */
  private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private final ReentrantLock threads;
  private final FileChannel file;
  private final FileLock lock;

  private StoreLock(ReentrantLock threads, FileChannel file, FileLock lock) {
    this.threads = threads;
    this.file = file;
    this.lock = lock;
  }

  /** Waits for the lock {@code path}. */
  public static StoreLock hold(Path path) throws IOException {
    ReentrantLock threads = THREADS.computeIfAbsent(path, _ -> new ReentrantLock());
    threads.lock();
    try {
      FileChannel file =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      return new StoreLock(threads, file, file.lock());
    } catch (IOException | RuntimeException e) {
      threads.unlock();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      lock.release();
      file.close();
    } finally {
      threads.unlock();
    }
  }
}
