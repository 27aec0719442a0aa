package dev.firebuild.worker.tar;

import java.nio.charset.StandardCharsets;

/**
 * The fields of a 512-byte header block, as POSIX {@code ustar} and GNU tar lay them out (see
 * tar(5)).
 */
final class TarHeader {
  static final int BLOCK = 512;

  static final Field NAME = new Field(0, 100);
  static final Field MODE = new Field(100, 8);
  static final Field UID = new Field(108, 8);
  static final Field GID = new Field(116, 8);
  static final Field SIZE = new Field(124, 12);
  static final Field MTIME = new Field(136, 12);
  static final Field CHECKSUM = new Field(148, 8);
  static final int TYPE_FLAG = 156;
  static final Field LINK = new Field(157, 100);
  static final Field MAGIC = new Field(257, 8);
  static final Field MAJOR = new Field(329, 8);
  static final Field MINOR = new Field(337, 8);
  static final Field PREFIX = new Field(345, 155);

  static final String GNU_MAGIC = "ustar  \0";
  static final String POSIX_MAGIC = "ustar\0";

  /** Where a field lies in the block. */
  record Field(int offset, int length) {}

  private TarHeader() {}

  /** The sum that the checksum field must hold: of all bytes, the field itself taken as blanks. */
  static long checksum(byte[] block) {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      boolean inField = i >= CHECKSUM.offset() && i < CHECKSUM.offset() + CHECKSUM.length();
      sum += inField ? ' ' : block[i] & 0xff;
    }
    return sum;
  }

  /** An octal number, or a binary one whose first byte is 0x80, as GNU tar writes big ones. */
  static long number(byte[] block, Field field) throws TarFormatException {
    if ((block[field.offset()] & 0x80) != 0) {
      return binary(block, field);
    }
    String digits =
        new String(block, field.offset(), field.length(), StandardCharsets.ISO_8859_1)
            .replace('\0', ' ')
            .strip();
    if (digits.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseUnsignedLong(digits, 8);
    } catch (NumberFormatException _) {
      throw new TarFormatException(
          "the header at byte %d of a block is not an octal number".formatted(field.offset()));
    }
  }

  private static long binary(byte[] block, Field field) throws TarFormatException {
    if ((block[field.offset()] & 0x40) != 0) {
      // A negative number: only times before 1970 are ever written so.
      return 0;
    }
    long value = block[field.offset()] & 0x3f;
    for (int i = 1; i < field.length(); i++) {
      if (value > Long.MAX_VALUE >> 8) {
        throw new TarFormatException("a number in a header is beyond 63 bits");
      }
      value = (value << 8) | (block[field.offset() + i] & 0xff);
    }
    return value;
  }

  /**
   * Writes {@code value} in octal with a NUL at the end, or in binary if it is too big for that.
   */
  static void putNumber(byte[] block, Field field, long value) {
    int digits = field.length() - 1;
    if (value < 1L << (3 * digits)) {
      String octal = Long.toOctalString(value);
      String padded = "0".repeat(digits - octal.length()) + octal;
      putBytes(block, field, padded.getBytes(StandardCharsets.ISO_8859_1));
      return;
    }
    long rest = value;
    for (int i = field.length() - 1; i > 0; i--) {
      block[field.offset() + i] = (byte) rest;
      rest >>>= 8;
    }
    block[field.offset()] = (byte) 0x80;
  }

  static void putBytes(byte[] block, Field field, byte[] bytes) {
    System.arraycopy(bytes, 0, block, field.offset(), Math.min(bytes.length, field.length()));
  }

  /** The bytes of a text field up to its first NUL. */
  static byte[] bytes(byte[] block, Field field) {
    int length = 0;
    while (length < field.length() && block[field.offset() + length] != 0) {
      length++;
    }
    byte[] bytes = new byte[length];
    System.arraycopy(block, field.offset(), bytes, 0, length);
    return bytes;
  }

  /** How many bytes after content of {@code size} bytes fill the last block. */
  static int padding(long size) {
    return (int) ((BLOCK - size % BLOCK) % BLOCK);
  }
}
