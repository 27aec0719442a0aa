package dev.firebuild.worker.vm;

import dev.firebuild.protocol.event.LogChunk;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the file in which a guest keeps its program's output (script {@code spool}). What the guest
 * has given up while it was read looks like no frame: that is an error, and reading begins anew.
 */
final class OutputFrames {
  private static final Pattern HEADER = Pattern.compile("(stdout|stderr) (\\d{1,5}) (\\d{1,18})");
  private static final int HEADER_LIMIT = 40;

  private final InputStream in;
  private long end;

  OutputFrames(InputStream in) {
    this.in = new BufferedInputStream(in, 1 << 16);
  }

  /**
   * Bytes that the program wrote at once.
   *
   * @param stream {@code stdout} or {@code stderr}
   * @param offset of the first byte in the program's output, both streams counted together
   * @param size of the whole frame in the file
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(String stream, long offset, byte[] bytes, int size) {
    /** Offset of the byte after the last. */
    long end() {
      return offset + bytes.length;
    }
  }

  /** The next frame; empty at the end of the file. */
  Optional<Frame> next() throws IOException {
    int first = in.read();
    if (first < 0) {
      return Optional.empty();
    }
    String header = readHeader(first);
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.matches()) {
      throw new IOException("the guest's output has no frame where one is due");
    }
    int length = Integer.parseInt(matcher.group(2));
    long offset = Long.parseLong(matcher.group(3));
    if (length < 1 || length > LogChunk.LIMIT || offset < end) {
      throw new IOException("the guest's output has a frame that cannot be: " + header);
    }
    byte[] bytes = in.readNBytes(length);
    // Whole only with its last byte: bytes that are given up turn to zeros from the front.
    if (bytes.length < length || in.read() != '\n') {
      throw new IOException("the guest's output has a frame that is cut off: " + header);
    }
    end = offset + length;
    return Optional.of(new Frame(matcher.group(1), offset, bytes, header.length() + length + 2));
  }

  private String readHeader(int first) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = first; b >= 0 && b != '\n' && line.length() < HEADER_LIMIT; b = in.read()) {
      line.append((char) b);
    }
    return line.toString();
  }

  /** The number on a line of its own that comes before the file. */
  static long readStart(InputStream in) throws IOException {
    byte[] digits = new byte[18];
    int length = 0;
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < '0' || b > '9' || length == digits.length) {
        throw new IOException("the guest does not tell where the output begins");
      }
      digits[length++] = (byte) b;
    }
    return length == 0
        ? 0
        : Long.parseLong(new String(digits, 0, length, StandardCharsets.US_ASCII));
  }
}
