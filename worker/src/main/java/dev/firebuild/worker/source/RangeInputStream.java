package dev.firebuild.worker.source;

import dev.firebuild.worker.tar.BulkInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A part of a file. */
public final class RangeInputStream extends BulkInputStream {
  private final FileChannel file;
  private long position;
  private final long end;

  /** The {@code size} bytes of {@code file} that begin at {@code offset}. */
  public RangeInputStream(Path file, long offset, long size) throws IOException {
    this.file = FileChannel.open(file, StandardOpenOption.READ);
    this.position = offset;
    this.end = offset + size;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position >= end) {
      return -1;
    }
    int wanted = (int) Math.min(length, end - position);
    int read = file.read(ByteBuffer.wrap(bytes, offset, wanted), position);
    if (read > 0) {
      position += read;
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
