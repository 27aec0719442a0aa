package dev.firebuild.messaging;

import java.util.Arrays;

/** Bytes of one stream that wait to become a chunk. */
final class LogBuffer {
  private final byte[] bytes;
  private int size;

  LogBuffer(int limit) {
    this.bytes = new byte[limit];
  }

  int size() {
    return size;
  }

  boolean isFull() {
    return size == bytes.length;
  }

  void clear() {
    size = 0;
  }

  /** Takes what fits of {@code source} from {@code from} on; returns how much that is. */
  int add(byte[] source, int from) {
    int count = Math.min(source.length - from, bytes.length - size);
    System.arraycopy(source, from, bytes, size, count);
    size += count;
    return count;
  }

  /**
   * Takes the bytes out.
   *
   * @param all if false, the beginning of a UTF-8 character at the end stays, so that no character
   *     is cut into two chunks
   */
  byte[] take(boolean all) {
    int count = all ? size : size - unfinished();
    byte[] taken = Arrays.copyOf(bytes, count);
    System.arraycopy(bytes, count, bytes, 0, size - count);
    size -= count;
    return taken;
  }

  /** How many bytes at the end begin a UTF-8 character without ending it: 0 to 3. */
  private int unfinished() {
    for (int back = 1; back <= Math.min(3, size); back++) {
      int b = bytes[size - back] & 0xff;
      if ((b & 0xc0) == 0x80) {
        continue;
      }
      int length = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc0 ? 2 : 1;
      return length > back ? back : 0;
    }
    return 0;
  }
}
