package dev.firebuild.worker.tar;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the stored bytes of a sparse file belong; between and behind them it holds zeros. Two forms
 * are known, see "Storing Sparse Files" in GNU tar's manual: the old one in the header and blocks
 * that follow it ({@code tar -S}), and the first version of that for pax, at the beginning of the
 * content ({@code tar -S --format=posix}).
 *
 * @param segments in their order
 * @param size of the whole file
 */
record SparseMap(List<Segment> segments, long size) {
  private static final int MOST = 1 << 16;

  private static final TarHeader.Field REAL_SIZE = new TarHeader.Field(483, 12);
  private static final int IN_HEADER = 386;
  private static final int HEADER_SEGMENTS = 4;
  private static final int HEADER_EXTENDED = 482;
  private static final int BLOCK_SEGMENTS = 21;
  private static final int BLOCK_EXTENDED = 504;

  /** Stored bytes, one after the other. */
  record Segment(long offset, long length) {
    long end() {
      return offset + length;
    }
  }

  /** Throws {@link IllegalArgumentException} if the segments are no part of one file. */
  SparseMap {
    segments = List.copyOf(segments);
    long end = 0;
    for (Segment segment : segments) {
      if (segment.offset() < end
          || segment.length() < 0
          || segment.length() > size - segment.offset()) {
        throw new IllegalArgumentException("segments overlap or lie beyond the file's end");
      }
      end = segment.end();
    }
  }

  /** Gives the next block of the archive. */
  @FunctionalInterface
  interface Blocks {
    byte[] next() throws IOException;
  }

  /** Reads the old form from the member's {@code header} and the blocks directly behind it. */
  static SparseMap old(byte[] header, Blocks blocks) throws IOException {
    List<Segment> segments = new ArrayList<>();
    addSegments(header, IN_HEADER, HEADER_SEGMENTS, segments);
    boolean more = header[HEADER_EXTENDED] != 0;
    while (more) {
      byte[] block = blocks.next();
      addSegments(block, 0, BLOCK_SEGMENTS, segments);
      more = block[BLOCK_EXTENDED] != 0;
    }
    return checked(segments, TarHeader.number(header, REAL_SIZE));
  }

  private static void addSegments(byte[] block, int start, int count, List<Segment> segments)
      throws TarFormatException {
    for (int i = 0; i < count; i++) {
      TarHeader.Field offset = new TarHeader.Field(start + 24 * i, 12);
      TarHeader.Field length = new TarHeader.Field(start + 24 * i + 12, 12);
      if (block[offset.offset()] != 0) {
        add(
            new Segment(TarHeader.number(block, offset), TarHeader.number(block, length)),
            segments);
      }
    }
  }

  /** Reads the form of pax, decimal numbers in lines, from the blocks that begin the content. */
  static SparseMap pax(long size, Blocks blocks) throws IOException {
    Numbers numbers = new Numbers(blocks);
    long count = numbers.next();
    List<Segment> segments = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      add(new Segment(numbers.next(), numbers.next()), segments);
    }
    return checked(segments, size);
  }

  private static void add(Segment segment, List<Segment> segments) throws TarFormatException {
    if (segments.size() == MOST) {
      throw new TarFormatException("a sparse member has more than %d segments".formatted(MOST));
    }
    segments.add(segment);
  }

  private static SparseMap checked(List<Segment> segments, long size) throws TarFormatException {
    try {
      return new SparseMap(segments, size);
    } catch (IllegalArgumentException e) {
      throw new TarFormatException("a sparse member's map is malformed: " + e.getMessage());
    }
  }

  /** Bytes that are stored. */
  long stored() {
    return segments.stream().mapToLong(Segment::length).sum();
  }

  /** The whole file, from what is {@code stored} of it. */
  InputStream expand(InputStream stored) {
    return new SparseContent(this, stored);
  }

  /** Lines with a number each; a number may lie in two blocks. */
  private static final class Numbers {
    private static final int MOST_DIGITS = 18;

    private final Blocks blocks;
    private byte[] block = {};
    private int at;

    private Numbers(Blocks blocks) {
      this.blocks = blocks;
    }

    private long next() throws IOException {
      StringBuilder digits = new StringBuilder();
      for (byte b = read(); b != '\n'; b = read()) {
        if (b < '0' || b > '9' || digits.length() == MOST_DIGITS) {
          throw malformed();
        }
        digits.append((char) b);
      }
      if (digits.isEmpty()) {
        throw malformed();
      }
      return Long.parseLong(digits.toString());
    }

    private byte read() throws IOException {
      if (at == block.length) {
        block = blocks.next();
        at = 0;
      }
      return block[at++];
    }

    private static TarFormatException malformed() {
      return new TarFormatException("a sparse member's map is malformed: expected lines of digits");
    }
  }
}
