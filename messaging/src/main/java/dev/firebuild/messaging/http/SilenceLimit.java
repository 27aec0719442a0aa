package dev.firebuild.messaging.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/**
 * The body of an answer whose server may fall silent in the middle: a read that gets nothing for
 * too long throws {@link HttpTimeoutException}. How slowly the body is read does not count. For
 * streams whose {@code close} wakes a read, as those of {@code java.net.http} do.
 */
public final class SilenceLimit extends FilterInputStream {
  private final Duration limit;
  private final Thread watch;
  private volatile long readingSince;
  private volatile boolean reading;
  private volatile boolean silent;

  /** Reads from {@code body}; each read waits at most {@code limit}, and a quarter of it. */
  public SilenceLimit(InputStream body, Duration limit) {
    super(body);
    this.limit = limit;
    this.watch = Thread.ofVirtual().name("silence").start(this::watch);
  }

  private void watch() {
    try {
      while (!silent) {
        Thread.sleep(limit.dividedBy(4));
        if (reading && System.nanoTime() - readingSince > limit.toNanos()) {
          silent = true;
          super.close();
        }
      }
    } catch (InterruptedException | IOException e) {
      // Closed; a read says the rest.
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    readingSince = System.nanoTime();
    reading = true;
    try {
      return super.read(target, offset, length);
    } catch (IOException e) {
      if (silent) {
        HttpTimeoutException timeout =
            new HttpTimeoutException("nothing came for %d s".formatted(limit.toSeconds()));
        timeout.initCause(e);
        throw timeout;
      }
      throw e;
    } finally {
      reading = false;
    }
  }

  @Override
  public void close() throws IOException {
    watch.interrupt();
    super.close();
  }
}
