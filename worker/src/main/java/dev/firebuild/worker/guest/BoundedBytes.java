package dev.firebuild.worker.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** What a guest prints, kept in memory up to a limit: a hostile one prints without end. */
public final class BoundedBytes extends OutputStream {
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final int limit;

  /**
   * @param limit in bytes; writing more fails
   */
  public BoundedBytes(int limit) {
    this.limit = limit;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > limit - kept.size()) {
      throw new IOException("the guest printed more than %d bytes".formatted(limit));
    }
    kept.write(bytes, offset, length);
  }

  public byte[] bytes() {
    return kept.toByteArray();
  }

  /** As UTF-8. */
  public String text() {
    return kept.toString(StandardCharsets.UTF_8);
  }
}
