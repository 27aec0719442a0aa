package dev.firebuild.worker.build;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Archives of a file of one byte and a hole of any size behind it: no tar packs what no file system
 * holds.
 */
enum SparseMember {
  /** In the header, whose numbers may be binary. */
  OLD {
    @Override
    void write(long size, ByteArrayOutputStream out) {
      byte[] header = header("hole", 'S', 0);
      // The real size: twelve bytes, of which the first says that it is binary.
      ByteBuffer.wrap(header).put(483, (byte) 0x80).putLong(487, size);
      out.writeBytes(withChecksum(header));
    }
  },

  /** In pax records and at the beginning of the content. */
  PAX {
    @Override
    void write(long size, ByteArrayOutputStream out) {
      StringBuilder records = new StringBuilder();
      for (String record :
          List.of("major=1", "minor=0", "name=hole", "realsize=%d".formatted(size))) {
        // None is so short or long that its length has another number of digits than two.
        int length = "00 GNU.sparse.".length() + record.length() + 1;
        records.append("%d GNU.sparse.%s\n".formatted(length, record));
      }
      out.writeBytes(withChecksum(header("pax", 'x', records.length())));
      block(records.toString(), out);
      out.writeBytes(withChecksum(header("hole", '0', BLOCK)));
      block("0\n", out);
    }
  };

  private static final int BLOCK = 512;

  abstract void write(long size, ByteArrayOutputStream out);

  /** The archive; the hole says that it has {@code size} bytes. */
  byte[] archive(long size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(withChecksum(header("byte", '0', 1)));
    block("1", out);
    write(size, out);
    out.writeBytes(new byte[2 * BLOCK]);
    return out.toByteArray();
  }

  private static byte[] header(String name, char flag, int size) {
    ByteBuffer header = ByteBuffer.allocate(BLOCK);
    header.put(0, ascii(name));
    header.put(100, ascii("0000644"));
    header.put(124, ascii("%011o".formatted(size)));
    header.put(148, ascii("        "));
    header.put(156, (byte) flag);
    header.put(257, ascii("ustar  "));
    return header.array();
  }

  private static byte[] withChecksum(byte[] header) {
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    return ByteBuffer.wrap(header).put(148, ascii("%06o\0".formatted(sum))).array();
  }

  private static void block(String content, ByteArrayOutputStream out) {
    out.writeBytes(ByteBuffer.allocate(BLOCK).put(0, ascii(content)).array());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
