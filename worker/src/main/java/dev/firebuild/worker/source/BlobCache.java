package dev.firebuild.worker.source;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.host.HostFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs that this worker has fetched, one file each, named by digest. Those that were not used for
 * the longest time go when there are too many bytes; one that is in use stays. The directory
 * belongs to one process.
 */
public final class BlobCache implements Blobs {
  private static final Logger log = LoggerFactory.getLogger(BlobCache.class);
  private static final String PARTIAL = ".part";

  private final Path directory;
  private final BlobSource source;
  private final long limit;
  private final InstantSource clock;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Digest, Use> uses = new HashMap<>();

  /** How many hold a blob, and what lets only one of them fetch it. */
  private static final class Use {
    private final ReentrantLock fetching = new ReentrantLock();
    private int holders;
  }

  /**
   * @param directory made if it is missing; unfinished downloads of a former process are removed
   * @param limit bytes of all blobs; those in use may be more
   */
  public BlobCache(Path directory, BlobSource source, long limit, InstantSource clock)
      throws IOException {
    this.directory = directory;
    this.source = source;
    this.limit = limit;
    this.clock = clock;
    Files.createDirectories(directory);
    try (DirectoryStream<Path> partial = Files.newDirectoryStream(directory, "*" + PARTIAL)) {
      for (Path file : partial) {
        Files.delete(file);
      }
    }
  }

  @Override
  public Blob get(Digest digest) throws SourceException, InterruptedException {
    Use use = hold(digest);
    try {
      use.fetching.lockInterruptibly();
    } catch (InterruptedException e) {
      release(digest);
      throw e;
    }
    try {
      Path file = path(digest);
      if (!Files.exists(file)) {
        fetch(digest, file);
      }
      Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
      return new HeldBlob(digest, file);
    } catch (IOException e) {
      release(digest);
      throw new SourceException(
          FailureCode.HOST,
          "cannot get the blob %s: %s".formatted(digest, HostFailure.reason(e)),
          e);
    } catch (SourceException | InterruptedException | RuntimeException e) {
      release(digest);
      throw e;
    } finally {
      use.fetching.unlock();
    }
  }

  private void fetch(Digest digest, Path file)
      throws IOException, SourceException, InterruptedException {
    Path partial = directory.resolve(digest.hex() + PARTIAL);
    try {
      MessageDigest sha256 = Digest.sha256();
      boolean found;
      try (OutputStream out = new DigestOutputStream(Files.newOutputStream(partial), sha256)) {
        found = source.copy(digest, out);
      }
      if (!found) {
        throw new SourceException(
            FailureCode.NOT_FOUND,
            "the blob %s is not there (any more); upload it and submit again".formatted(digest));
      }
      if (!Digest.of(sha256).equals(digest)) {
        throw new IOException("what was received has another digest");
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
    collect();
  }

  private Use hold(Digest digest) {
    lock.lock();
    try {
      Use use = uses.computeIfAbsent(digest, _ -> new Use());
      use.holders++;
      return use;
    } finally {
      lock.unlock();
    }
  }

  private void release(Digest digest) {
    lock.lock();
    try {
      Use use = uses.get(digest);
      if (use != null && --use.holders == 0) {
        uses.remove(digest);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Removes the longest unused blobs that nobody holds, until the rest is small enough. */
  private void collect() throws IOException {
    lock.lock();
    try {
      List<Path> free = new ArrayList<>();
      long bytes = 0;
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        for (Path file : files) {
          if (file.toString().endsWith(PARTIAL)) {
            // Of another download, which may end at any moment.
            continue;
          }
          bytes += Files.size(file);
          if (isFree(file)) {
            free.add(file);
          }
        }
      }
      free.sort(Comparator.comparing(BlobCache::lastUse));
      for (Path file : free) {
        if (bytes <= limit) {
          return;
        }
        bytes -= Files.size(file);
        Files.delete(file);
        log.atInfo().addKeyValue("blob", file.getFileName()).log("blob removed from the cache");
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isFree(Path file) {
    String name = file.getFileName().toString();
    return !uses.containsKey(new Digest("sha256:" + name));
  }

  private static FileTime lastUse(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException _) {
      return FileTime.fromMillis(0);
    }
  }

  private Path path(Digest digest) {
    return directory.resolve(digest.hex());
  }

  /** A blob in use. */
  private final class HeldBlob implements Blob {
    private final Digest digest;
    private final Path file;
    private boolean closed;

    private HeldBlob(Digest digest, Path file) {
      this.digest = digest;
      this.file = file;
    }

    @Override
    public Path file() {
      return file;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        release(digest);
      }
    }
  }
}
