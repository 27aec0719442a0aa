package dev.firebuild.dockerfile.text;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.Location;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The lines of a Dockerfile, one after the other. Only line feeds end a line. */
final class SourceLines {
  private static final int LINE_LIMIT = 65_535;

  private final byte[] bytes;
  private int next;
  private int number;

  SourceLines(byte[] bytes) {
    this.bytes = bytes;
    this.next = startsWithByteOrderMark(bytes) ? 3 : 0;
  }

  private static boolean startsWithByteOrderMark(byte[] bytes) {
    return bytes.length >= 3
        && bytes[0] == (byte) 0xEF
        && bytes[1] == (byte) 0xBB
        && bytes[2] == (byte) 0xBF;
  }

  boolean hasNext() {
    return next < bytes.length;
  }

  /** The number of the line that was taken last; 0 before the first. */
  int number() {
    return number;
  }

  SourceLine take() throws DockerfileException {
    int end = next;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    number++;
    if (end - next > LINE_LIMIT) {
      throw DockerfileException.at(
          Location.line(number),
          Phase.PARSE,
          "dockerfile line greater than max allowed size of " + LINE_LIMIT);
    }
    int start = next;
    next = Math.min(end + 1, bytes.length);
    return decode(start, next - start);
  }

  private SourceLine decode(int start, int length) {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, start, length))
              .toString();
      return new SourceLine(number, text, false);
    } catch (CharacterCodingException e) {
      return new SourceLine(number, new String(bytes, start, length, StandardCharsets.UTF_8), true);
    }
  }
}
