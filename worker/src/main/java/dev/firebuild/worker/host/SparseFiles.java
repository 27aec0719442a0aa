package dev.firebuild.worker.host;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Files with holes. What is outside the holes is copied by {@code copy_file_range(2)}, which shares
 * blocks where the file system can.
 */
public final class SparseFiles {
  private SparseFiles() {}

  /** Makes {@code file}, which must not exist, a hole of {@code bytes}. */
  public static void create(Path file, long bytes) throws IOException {
    Files.createFile(file);
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(bytes);
    }
  }

  /** Copies {@code from} to {@code to}, which must not exist, and keeps its holes. */
  public static void copy(Path from, Path to) throws IOException {
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      long size = in.size();
      for (DataRanges.Range range : DataRanges.of(from)) {
        transfer(in, range.start(), range.end(), out);
      }
      if (out.size() < size) {
        // Extends the file by a hole: writing its last byte would allocate a block.
        try (RandomAccessFile access = new RandomAccessFile(to.toFile(), "rw")) {
          access.setLength(size);
        }
      }
    }
  }

  private static void transfer(FileChannel in, long start, long end, FileChannel out)
      throws IOException {
    out.position(start);
    for (long at = start; at < end; ) {
      long n = in.transferTo(at, end - at, out);
      if (n <= 0) {
        throw new IOException("the file became shorter while it was copied, at byte " + at);
      }
      at += n;
    }
  }
}
