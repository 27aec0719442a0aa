package dev.firebuild.worker.host;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * An empty ext4 file system, as its blocks that are not zero, of which others are written. They
 * differ in their identity, which stands in the superblock and its copies only: their checksum seed
 * is a field of its own ({@code metadata_csum_seed}), so no other block knows whose it is.
 *
 * @see <a href="https://docs.kernel.org/filesystems/ext4/globals.html#super-block">the kernel's
 *     description of the superblock</a>
 */
final class Ext4Template {
  /** Grows with the disk: 40 KiB at 1 GiB, 3 MiB at 1 TiB. */
  private static final int LARGEST = 8 << 20;

  /** The smallest block of ext4, and the place of the first superblock. */
  private static final int BLOCK = 1024;

  private static final byte[] ZEROS = new byte[BLOCK];

  private static final int MAGIC = 0x38;
  private static final int INCOMPATIBLE = 0x60;
  private static final int UUID_AT = 0x68;
  private static final int HASH_SEED_AT = 0xec;
  private static final int CHECKSUM = 0x3fc;
  private static final int IDENTITY_BYTES = 16;

  private static final short EXT4_MAGIC = (short) 0xef53;
  private static final int CHECKSUM_SEED = 0x2000;

  private final long bytes;
  private final byte[] content;
  private final List<Piece> pieces;
  private final List<Integer> superblocks;

  /** {@code length} bytes from {@code at} of the content, at {@code offset} of the file. */
  private record Piece(long offset, int at, int length) {}

  /** What two file systems must not share. */
  record Identity(UUID uuid, UUID hashSeed) {
    static Identity random(RandomGenerator random) {
      return new Identity(uuid(random), uuid(random));
    }

    /** RFC 9562, version 4. */
    private static UUID uuid(RandomGenerator random) {
      return new UUID(
          (random.nextLong() & ~0xf000L) | 0x4000L,
          (random.nextLong() & (Long.MAX_VALUE >> 1)) | Long.MIN_VALUE);
    }
  }

  private Ext4Template(long bytes, byte[] content, List<Piece> pieces) throws IOException {
    this.bytes = bytes;
    this.content = content;
    this.pieces = List.copyOf(pieces);
    superblocks = superblocks(content);
  }

  /**
   * The template of a file system that mke2fs has just made, of {@code metadata_csum} and {@code
   * metadata_csum_seed}, and that nobody else has written to.
   *
   * @return nothing if it is too large to be kept in memory
   * @throws IOException if the file is another
   */
  static Optional<Ext4Template> of(Path file) throws IOException {
    List<DataRanges.Range> ranges = DataRanges.of(file);
    List<Piece> pieces = new ArrayList<>();
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      for (DataRanges.Range range : ranges) {
        for (long offset = range.start(); offset < range.end(); offset += BLOCK) {
          byte[] block = new byte[BLOCK];
          in.seek(offset);
          in.readFully(block, 0, (int) Math.min(BLOCK, range.end() - offset));
          if (Arrays.equals(block, ZEROS)) {
            continue;
          }
          if (content.size() >= LARGEST) {
            return Optional.empty();
          }
          append(pieces, offset, content.size());
          content.writeBytes(block);
        }
      }
      return Optional.of(new Ext4Template(in.length(), content.toByteArray(), pieces));
    }
  }

  private static void append(List<Piece> pieces, long offset, int at) {
    if (!pieces.isEmpty()) {
      Piece last = pieces.getLast();
      if (last.offset + last.length == offset) {
        pieces.set(pieces.size() - 1, new Piece(last.offset, last.at, last.length + BLOCK));
        return;
      }
    }
    pieces.add(new Piece(offset, at, BLOCK));
  }

  /** Where in {@code content} they begin: the first, and all that name the same file system. */
  private static List<Integer> superblocks(byte[] content) throws IOException {
    List<Integer> found = new ArrayList<>();
    ByteBuffer all = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < content.length; at += BLOCK) {
      if (all.getShort(at + MAGIC) == EXT4_MAGIC
          && (found.isEmpty() || sameIdentity(content, found.getFirst(), at))) {
        if ((all.getInt(at + INCOMPATIBLE) & CHECKSUM_SEED) == 0
            || all.getInt(at + CHECKSUM) != checksum(content, at)) {
          throw new IOException(
              "mke2fs made no superblock with a checksum and a seed of its own; is it e2fsprogs 1.43 or later?");
        }
        found.add(at);
      }
    }
    if (found.isEmpty()) {
      throw new IOException("mke2fs made no ext4 file system");
    }
    return List.copyOf(found);
  }

  private static boolean sameIdentity(byte[] content, int one, int other) {
    return Arrays.equals(
        content,
        one + UUID_AT,
        one + UUID_AT + IDENTITY_BYTES,
        content,
        other + UUID_AT,
        other + UUID_AT + IDENTITY_BYTES);
  }

  /** As the kernel has it: CRC-32C of what is before it, not inverted at the end. */
  private static int checksum(byte[] content, int at) {
    CRC32C crc = new CRC32C();
    crc.update(content, at, CHECKSUM);
    return ~(int) crc.getValue();
  }

  private static void put(ByteBuffer content, int at, UUID uuid) {
    content
        .slice(at, IDENTITY_BYTES)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits());
  }

  /** Makes {@code file}, which must not exist, a file system of its own. */
  void write(Path file, Identity identity) throws IOException {
    ByteBuffer own = ByteBuffer.wrap(content.clone()).order(ByteOrder.LITTLE_ENDIAN);
    for (int at : superblocks) {
      put(own, at + UUID_AT, identity.uuid());
      put(own, at + HASH_SEED_AT, identity.hashSeed());
      own.putInt(at + CHECKSUM, checksum(own.array(), at));
    }
    SparseFiles.create(file, bytes);
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (Piece piece : pieces) {
        ByteBuffer left = own.slice(piece.at, piece.length);
        while (left.hasRemaining()) {
          out.write(left, piece.offset + left.position());
        }
      }
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }
}
