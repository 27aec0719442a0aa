package dev.firebuild.cli.context;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongConsumer;

/** Tells how many bytes have gone by. */
final class CountedOutput extends FilterOutputStream {
  private LongConsumer listener = _ -> {};
  private long bytes;

  CountedOutput(OutputStream out) {
    super(out);
  }

  /** From now on {@code listener} hears the sum after every write. */
  void onBytes(LongConsumer listener) {
    this.listener = listener;
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    count(1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    out.write(buffer, offset, length);
    count(length);
  }

  private void count(int more) {
    bytes += more;
    listener.accept(bytes);
  }
}
