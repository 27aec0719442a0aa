package dev.firebuild.worker.image;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Sparse files that begin like ext4, for tests that need no real file system. */
public final class Disks {
  static final int CLEAN = 1;
  static final int NEEDS_RECOVERY = 4;

  private Disks() {}

  /** A disk of {@code size} bytes that was left in order and holds {@code marker} somewhere. */
  public static Path clean(Path file, long size, int marker) throws IOException {
    return write(file, size, marker, CLEAN, 0);
  }

  static Path write(Path file, long size, int marker, int state, int incompatible)
      throws IOException {
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      disk.setLength(size);
      ByteBuffer superblock = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
      superblock.putInt(0x4, Math.toIntExact(size / 4096));
      superblock.putInt(0x18, 2);
      superblock.putShort(0x38, (short) 0xef53);
      superblock.putShort(0x3a, (short) state);
      superblock.putInt(0x60, incompatible);
      disk.seek(1024);
      disk.write(superblock.array());
      disk.seek(size / 2);
      disk.writeInt(marker);
    }
    return file;
  }
}
