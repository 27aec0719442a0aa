package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The few fields of an ext4 superblock that decide whether a disk may become a layer. They are read
 * without any library or program: the disk was written by a guest, and a guest is hostile.
 *
 * @param clean whether the file system was unmounted or frozen in order: its state is valid, no
 *     error was noted, and the journal holds nothing that must be replayed
 * @param bytes the size that the file system claims
 * @see <a href="https://docs.kernel.org/filesystems/ext4/globals.html#super-block">the kernel's
 *     description</a>
 */
public record Ext4Superblock(boolean clean, long bytes) {
  private static final int OFFSET = 1024;
  private static final int LENGTH = 1024;

  private static final int BLOCKS_LOW = 0x4;
  private static final int LOG_BLOCK_SIZE = 0x18;
  private static final int MAGIC = 0x38;
  private static final int STATE = 0x3a;
  private static final int INCOMPATIBLE = 0x60;
  private static final int BLOCKS_HIGH = 0x150;

  private static final int EXT4_MAGIC = 0xef53;
  private static final int STATE_VALID = 1;
  private static final int STATE_ERROR = 2;
  private static final int NEEDS_RECOVERY = 0x4;
  private static final int SIXTY_FOUR_BIT = 0x80;
  private static final int LARGEST_LOG_BLOCK_SIZE = 6;

  /**
   * Reads the superblock of {@code file}.
   *
   * @throws IOException if there is none, or it makes no sense
   */
  public static Ext4Superblock read(Path file) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (block.hasRemaining() && channel.read(block, OFFSET + block.position()) >= 0) {
        // Reads on until the block is full or the file ends.
      }
    }
    if (block.hasRemaining() || Short.toUnsignedInt(block.getShort(MAGIC)) != EXT4_MAGIC) {
      throw new IOException("no ext4 file system in " + file.getFileName());
    }
    int incompatible = block.getInt(INCOMPATIBLE);
    int state = block.getShort(STATE);
    boolean clean =
        (state & STATE_VALID) != 0
            && (state & STATE_ERROR) == 0
            && (incompatible & NEEDS_RECOVERY) == 0;
    return new Ext4Superblock(clean, size(block, incompatible, file));
  }

  private static long size(ByteBuffer block, int incompatible, Path file) throws IOException {
    long blocks = Integer.toUnsignedLong(block.getInt(BLOCKS_LOW));
    if ((incompatible & SIXTY_FOUR_BIT) != 0) {
      blocks |= Integer.toUnsignedLong(block.getInt(BLOCKS_HIGH)) << Integer.SIZE;
    }
    int log = block.getInt(LOG_BLOCK_SIZE);
    if (log < 0 || log > LARGEST_LOG_BLOCK_SIZE || blocks > Long.MAX_VALUE >> (10 + log)) {
      throw new IOException(
          "the ext4 file system in %s claims an impossible size".formatted(file.getFileName()));
    }
    return blocks << (10 + log);
  }
}
