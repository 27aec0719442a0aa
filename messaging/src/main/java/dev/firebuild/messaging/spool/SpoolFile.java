package dev.firebuild.messaging.spool;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Byte strings on disk in the order in which they came: a chain of segments that are only appended
 * to and removed whole, from the oldest on. Each record has its length and a checksum before it.
 * Wherever a process was killed, what the next one finds is a beginning of what was appended.
 *
 * <p>Nothing is forced to the disk: records are to outlive the process. With the host die the
 * builds that they tell of. Not safe for use by several threads; those that use it may be
 * interrupted, which closes no {@link RandomAccessFile}.
 */
public final class SpoolFile implements AutoCloseable {
  private static final String SUFFIX = ".spool";
  private static final int HEADER = 2 * Integer.BYTES;

  private final Path folder;
  private final int segmentBytes;
  private final TreeMap<Long, RandomAccessFile> segments = new TreeMap<>();
  private long next;

  /** Where a record lies: its segment, its first byte there, and its length. */
  public record Place(long segment, long offset, int length) {}

  /** What is told of the records that a former process has left. */
  @FunctionalInterface
  public interface Visitor {
    void found(Place place, byte[] record);
  }

  private SpoolFile(Path folder, int segmentBytes) {
    this.folder = folder;
    this.segmentBytes = segmentBytes;
  }

  /**
   * Opens the spool in {@code folder}, which no other process may use, and shows what lies there in
   * its order. What follows a damaged record is removed.
   *
   * @param segmentBytes a segment that has so many is followed by another one
   */
  public static SpoolFile open(Path folder, int segmentBytes, Visitor visitor) throws IOException {
    Files.createDirectories(folder);
    SpoolFile spool = new SpoolFile(folder, segmentBytes);
    try {
      spool.recover(visitor);
      return spool;
    } catch (IOException | RuntimeException e) {
      spool.close();
      throw e;
    }
  }

  /** When a former process has written the last time, if there is anything of it. */
  public static Optional<Instant> lastWritten(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    Optional<Instant> last = Optional.empty();
    for (long number : numbers(folder)) {
      Instant at = Files.getLastModifiedTime(file(folder, number)).toInstant();
      last = last.filter(at::isBefore).or(() -> Optional.of(at));
    }
    return last;
  }

  private void recover(Visitor visitor) throws IOException {
    boolean whole = true;
    for (long number : numbers(folder)) {
      // A segment after a hole tells a story without its middle.
      if (whole && (segments.isEmpty() || segments.lastKey() == number - 1)) {
        RandomAccessFile segment = new RandomAccessFile(file(folder, number).toFile(), "rw");
        segments.put(number, segment);
        whole = recover(number, segment, visitor);
      } else {
        whole = false;
        Files.delete(file(folder, number));
      }
      next = number + 1;
    }
  }

  /** Whether every byte of the segment belongs to a record; if not, the rest is cut off. */
  private static boolean recover(long number, RandomAccessFile segment, Visitor visitor)
      throws IOException {
    long size = segment.length();
    long offset = 0;
    while (offset < size) {
      Optional<byte[]> record = Optional.empty();
      if (size - offset >= HEADER) {
        int length = read(segment, offset, HEADER).getInt();
        if (length > 0 && length <= size - offset - HEADER) {
          record = record(segment, offset, length);
        }
      }
      if (record.isEmpty()) {
        segment.setLength(offset);
        return false;
      }
      int length = record.get().length;
      visitor.found(new Place(number, offset, length), record.get());
      offset += HEADER + length;
    }
    return true;
  }

  private static Optional<byte[]> record(RandomAccessFile segment, long offset, int length)
      throws IOException {
    ByteBuffer frame = read(segment, offset, HEADER + length);
    int announced = frame.getInt();
    int checksum = frame.getInt();
    byte[] bytes = new byte[length];
    frame.get(bytes);
    return announced == length && checksum == checksum(bytes)
        ? Optional.of(bytes)
        : Optional.empty();
  }

  /**
   * Appends {@code record}, of at least one byte. After an {@link IOException} nothing of it is
   * there.
   */
  public Place append(byte[] record) throws IOException {
    if (record.length == 0) {
      throw new IllegalArgumentException("a record of the spool has at least one byte");
    }
    RandomAccessFile segment = current();
    long offset = segment.length();
    ByteBuffer frame = ByteBuffer.allocate(HEADER + record.length);
    frame.putInt(record.length).putInt(checksum(record)).put(record);
    try {
      segment.seek(offset);
      segment.write(frame.array());
    } catch (IOException e) {
      segment.setLength(offset);
      throw e;
    }
    return new Place(segments.lastKey(), offset, record.length);
  }

  private RandomAccessFile current() throws IOException {
    if (!segments.isEmpty()) {
      RandomAccessFile last = segments.lastEntry().getValue();
      if (last.length() < segmentBytes) {
        return last;
      }
    }
    Path file = file(folder, next);
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    RandomAccessFile fresh = new RandomAccessFile(file.toFile(), "rw");
    segments.put(next, fresh);
    next++;
    return fresh;
  }

  /** The record that was appended at {@code place}, which has not been removed. */
  public byte[] read(Place place) throws IOException {
    RandomAccessFile segment = segments.get(place.segment());
    if (segment == null) {
      throw new IOException("the segment %s was removed".formatted(place));
    }
    return record(segment, place.offset(), place.length())
        .orElseThrow(
            () -> new IOException("the record at %s in %s is damaged".formatted(place, folder)));
  }

  /** Removes the segments before {@code segment}. */
  public void removeBefore(long segment) throws IOException {
    while (!segments.isEmpty() && segments.firstKey() < segment) {
      var oldest = segments.pollFirstEntry();
      oldest.getValue().close();
      Files.delete(file(folder, oldest.getKey()));
    }
  }

  /** Removes all records. */
  public void clear() throws IOException {
    removeBefore(Long.MAX_VALUE);
  }

  private static List<Long> numbers(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.matches("\\d{1,18}\\" + SUFFIX))
          .map(name -> Long.parseLong(name.substring(0, name.length() - SUFFIX.length())))
          .sorted()
          .toList();
    }
  }

  private static Path file(Path folder, long number) {
    return folder.resolve("%016d%s".formatted(number, SUFFIX));
  }

  private static ByteBuffer read(RandomAccessFile segment, long offset, int length)
      throws IOException {
    byte[] bytes = new byte[length];
    segment.seek(offset);
    segment.readFully(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private static int checksum(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return (int) checksum.getValue();
  }

  /** Lets go of the files; the records stay. */
  @Override
  public void close() throws IOException {
    for (RandomAccessFile segment : segments.values()) {
      segment.close();
    }
    segments.clear();
  }
}
