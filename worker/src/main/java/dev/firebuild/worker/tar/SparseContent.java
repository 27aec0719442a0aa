package dev.firebuild.worker.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;

/** A sparse file as it is read: its stored bytes, and zeros where there are none. */
final class SparseContent extends BulkInputStream {
  private final InputStream stored;
  private final long size;
  private final Iterator<SparseMap.Segment> rest;
  private Optional<SparseMap.Segment> segment;
  private long position;

  /**
   * @param stored the bytes of the segments, one after the other
   */
  SparseContent(SparseMap map, InputStream stored) {
    this.stored = stored;
    this.size = map.size();
    this.rest = map.segments().iterator();
    this.segment = nextSegment();
  }

  private Optional<SparseMap.Segment> nextSegment() {
    return rest.hasNext() ? Optional.of(rest.next()) : Optional.empty();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position >= size) {
      return -1;
    }
    while (segment.isPresent() && segment.get().end() <= position) {
      segment = nextSegment();
    }
    long hole = segment.map(SparseMap.Segment::offset).orElse(size) - position;
    int read;
    if (hole > 0) {
      read = (int) Math.min(length, hole);
      Arrays.fill(bytes, offset, offset + read, (byte) 0);
    } else {
      long left = segment.orElseThrow().end() - position;
      read = stored.read(bytes, offset, (int) Math.min(length, left));
      if (read < 0) {
        throw new EOFException("the archive ends in the middle of a member");
      }
    }
    position += read;
    return read;
  }
}
