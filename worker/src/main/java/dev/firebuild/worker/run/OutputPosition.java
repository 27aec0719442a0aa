package dev.firebuild.worker.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * How many bytes of a run's output Kafka has, in a file of eight bytes. A worker that is killed
 * loses nothing of it; with its host the VM is lost as well, so nothing is synced.
 */
final class OutputPosition implements AutoCloseable {
  private final FileChannel channel;

  private OutputPosition(FileChannel channel) {
    this.channel = channel;
  }

  /** Opens {@code file}; a missing one stands for zero. */
  static OutputPosition open(Path file) throws IOException {
    return new OutputPosition(
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  long read() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
    return channel.read(bytes, 0) == Long.BYTES ? bytes.getLong(0) : 0;
  }

  /** One write of eight bytes at the file's start: a reader sees the old value or the new one. */
  void write(long offset) throws IOException {
    channel.write(ByteBuffer.allocate(Long.BYTES).putLong(0, offset), 0);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
