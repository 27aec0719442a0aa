package dev.firebuild.coordinator.blob;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Ids;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Blobs in a folder: {@code ROOT/sha256/HEX}, each complete and verified. Several processes may
 * share the folder. A blob's modification time is its lease: asking for it renews it.
 */
public final class BlobStore {
  private static final String TEMPORARY = "incoming";
  private static final Duration ABANDONED = Duration.ofDays(1);
  private static final int BUFFER = 128 * 1024;

  /** Stays free on the disk: the broker of a node has its log there, and ends without room. */
  private static final long RESERVE = 128L << 20;

  /** Room is looked for so often. */
  private static final long LOOK = 16L << 20;

  private final Path root;
  private final long limit;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /** The bytes are not those of the digest. */
  public static final class WrongDigestException extends IOException {
    private static final long serialVersionUID = 1;

    WrongDigestException(Digest expected, Digest found) {
      super(
          "the bytes that came have the digest %s, not %s; nothing was stored"
              .formatted(found, expected));
    }
  }

  /** More bytes came than a blob may have. */
  public static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    TooLargeException(long limit) {
      super("a blob may have at most %d bytes".formatted(limit));
    }
  }

  /** The disk has no room for the bytes. */
  public static final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1;

    DiskFullException(long free) {
      super(
          "storing the upload: the coordinator's disk has %d MiB free, and %d MiB of it must stay free;"
                  .formatted(free >> 20, RESERVE >> 20)
              + " make room and send it again");
    }
  }

  /** Blobs of at most {@code limit} bytes under {@code root}, which is made if it is missing. */
  public BlobStore(Path root, long limit, InstantSource clock) throws IOException {
    this.root = root;
    this.limit = limit;
    this.clock = clock;
    Files.createDirectories(root.resolve("sha256"));
    Files.createDirectories(root.resolve(TEMPORARY));
    removeAbandoned();
  }

  /** The most bytes of one blob. */
  public long limit() {
    return limit;
  }

  /** The file of {@code digest}, if it is there; renews its lease. */
  public Optional<Path> find(Digest digest) throws IOException {
    Path path = path(digest);
    try {
      Files.setLastModifiedTime(path, FileTime.from(clock.instant()));
      return Optional.of(path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Stores what {@code bytes} gives, if it has {@code digest}: durable and whole, or not at all.
   * Throws {@link WrongDigestException}, {@link TooLargeException} or {@link DiskFullException}.
   */
  public void put(Digest digest, InputStream bytes) throws IOException {
    Path temporary = root.resolve(TEMPORARY).resolve(Ids.draw(random));
    try {
      MessageDigest sha = Digest.sha256();
      try (FileChannel file =
              FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
          DigestInputStream in = new DigestInputStream(bytes, sha)) {
        copy(in, Channels.newOutputStream(file));
        Digest found = Digest.of(sha);
        if (!found.equals(digest)) {
          throw new WrongDigestException(digest, found);
        }
        file.force(true);
      }
      Files.move(temporary, path(digest), StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel folder = FileChannel.open(root.resolve("sha256"))) {
        folder.force(true);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Throws {@link DiskFullException} if there is no room for {@code bytes} more. */
  public void requireRoom(long bytes) throws IOException {
    long free = Files.getFileStore(root).getUsableSpace();
    if (free - bytes < RESERVE) {
      throw new DiskFullException(free);
    }
  }

  /**
   * Removes blobs that are not {@code needed} and whose lease is older than {@code keep}; returns
   * their digests. One that somebody asks for meanwhile stays.
   */
  public List<Digest> collect(Set<Digest> needed, Duration keep) throws IOException {
    FileTime oldest = FileTime.from(clock.instant().minus(keep));
    List<Digest> removed = new ArrayList<>();
    try (var files = Files.newDirectoryStream(root.resolve("sha256"))) {
      for (Path file : files) {
        Digest digest = new Digest("sha256:" + file.getFileName());
        if (!needed.contains(digest) && isOlder(file, oldest) && remove(file, oldest)) {
          removed.add(digest);
        }
      }
    }
    return removed;
  }

  /**
   * Takes {@code file} out of sight first: nobody can renew its lease from then on, and who did
   * before that is seen.
   */
  private boolean remove(Path file, FileTime oldest) throws IOException {
    Path hidden = root.resolve(TEMPORARY).resolve(Ids.draw(random));
    try {
      Files.move(file, hidden, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // Another coordinator on the same folder was quicker.
      return false;
    }
    if (isOlder(hidden, oldest)) {
      Files.deleteIfExists(hidden);
      return true;
    }
    Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
    return false;
  }

  private static boolean isOlder(Path file, FileTime oldest) throws IOException {
    try {
      return Files.getLastModifiedTime(file).compareTo(oldest) < 0;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private void copy(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long total = 0;
    long looked = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      total += n;
      if (total > limit) {
        throw new TooLargeException(limit);
      }
      if (total - looked > LOOK) {
        looked = total;
        requireRoom(0);
      }
      out.write(buffer, 0, n);
    }
  }

  /** A digest has only hexadecimal digits, so its path cannot leave the root. */
  private Path path(Digest digest) {
    return root.resolve("sha256").resolve(digest.hex());
  }

  /** Removes uploads that a killed coordinator left; a running one's are younger. */
  public void removeAbandoned() throws IOException {
    FileTime oldest = FileTime.from(clock.instant().minus(ABANDONED));
    try (var files = Files.newDirectoryStream(root.resolve(TEMPORARY))) {
      for (Path file : files) {
        if (isOlder(file, oldest)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
