package dev.firebuild.worker.image;

import dev.firebuild.protocol.Digest;
import dev.firebuild.worker.host.DataRanges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * The digest of a layer file: equal for equal content, whether its zeros are holes or written out.
 *
 * <p>It is the SHA-256 of the ASCII bytes {@code firebuild-layer-v1\n}, the file's size as a 64-bit
 * big-endian number, and then, for each 4096-byte block that is not all zeros, in rising order: the
 * block's number from 0 as a 64-bit big-endian number, and its 4096 bytes (the last one filled up
 * with zeros).
 */
public final class LayerDigest {
  private static final byte[] HEADER = "firebuild-layer-v1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int BLOCK = 4096;
  private static final int BLOCKS_AT_ONCE = 64;

  private LayerDigest() {}

  /** Computes the digest of {@code file}, reading only what is outside its holes. */
  public static Digest of(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MessageDigest sha256 = Digest.sha256();
      long size = channel.size();
      sha256.update(HEADER);
      sha256.update(number(size));
      long next = 0;
      for (DataRanges.Range range : DataRanges.of(file)) {
        long first = Math.max(next, range.start() / BLOCK);
        next = (range.end() + BLOCK - 1) / BLOCK;
        update(sha256, channel, first, next);
      }
      return Digest.of(sha256);
    }
  }

  /** Takes the blocks {@code from} to {@code to}, the latter excluded. */
  private static void update(MessageDigest sha256, FileChannel channel, long from, long to)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BLOCKS_AT_ONCE * BLOCK);
    long block = from;
    while (block < to) {
      int blocks = (int) Math.min(BLOCKS_AT_ONCE, to - block);
      buffer.clear().limit(blocks * BLOCK);
      read(channel, buffer, block * BLOCK);
      byte[] bytes = buffer.array();
      for (int i = 0; i < blocks; i++) {
        if (!isZero(bytes, i * BLOCK)) {
          sha256.update(number(block + i));
          sha256.update(bytes, i * BLOCK, BLOCK);
        }
      }
      block += blocks;
    }
  }

  /** Fills {@code buffer}, with zeros behind the end of the file. */
  private static void read(FileChannel channel, ByteBuffer buffer, long position)
      throws IOException {
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, position + buffer.position());
      if (read < 0) {
        while (buffer.hasRemaining()) {
          buffer.put((byte) 0);
        }
      }
    }
  }

  private static boolean isZero(byte[] bytes, int offset) {
    for (int i = offset; i < offset + BLOCK; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }
}
