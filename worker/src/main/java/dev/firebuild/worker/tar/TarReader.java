package dev.firebuild.worker.tar;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads a tar archive member by member: {@code ustar}, GNU and pax headers, sparse files. What an
 * archive can ask for is bounded: names have at most 4 KiB, extended headers 1 MiB.
 */
public final class TarReader implements Closeable {
  private static final int BLOCK = TarHeader.BLOCK;
  private static final char OLD_SPARSE = 'S';
  static final int EXTENDED_LIMIT = 1 << 20;

  private final InputStream in;
  private final MemberNames names;
  private final byte[] block = new byte[BLOCK];
  private long position;
  private long contentOffset;
  private long contentEnd;
  private long nextHeader;
  private Optional<SparseMap> sparse = Optional.empty();

  /**
   * @param in read from its current position; closed with this reader
   * @param names of the bytes of names; UTF-8 refuses what is no UTF-8, ISO 8859-1 takes every name
   *     and gives it back unchanged when it writes
   */
  public TarReader(InputStream in, Charset names) {
    this.in = in;
    this.names = new MemberNames(names);
  }

  /** Skips what is left of the current member and reads the next one; empty at the end. */
  public Optional<TarEntry> next() throws IOException {
    ExtendedHeaders extended = new ExtendedHeaders(names);
    sparse = Optional.empty();
    while (true) {
      skipTo(nextHeader);
      if (!readHeader()) {
        return Optional.empty();
      }
      long size = TarHeader.number(block, TarHeader.SIZE);
      char flag = (char) (block[TarHeader.TYPE_FLAG] & 0xff);
      switch (flag) {
        case 'x' -> extended.takePax(extendedHeader(size));
        case 'g' -> skipMember(size);
        case 'L' -> extended.takeLongPath(extendedHeader(size));
        case 'K' -> extended.takeLongLink(extendedHeader(size));
        default -> {
          return Optional.of(member(flag, extended));
        }
      }
    }
  }

  /** Where the content of the current member begins, counted from the start of the archive. */
  public long contentOffset() {
    return contentOffset;
  }

  /**
   * Whether the archive holds the current member's content in pieces, without its holes; {@link
   * #content} is whole.
   */
  public boolean isSparse() {
    return sparse.isPresent();
  }

  /** The rest of the current member's content; valid until {@link #next()}. */
  public InputStream content() {
    InputStream stored = new Content();
    return sparse.isPresent() ? sparse.get().expand(stored) : stored;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean readHeader() throws IOException {
    int read = in.readNBytes(block, 0, BLOCK);
    position += read;
    if (read == 0) {
      return false;
    }
    if (read < BLOCK) {
      throw new TarFormatException("the archive ends in the middle of a header");
    }
    if (isZero(block)) {
      return false;
    }
    if (TarHeader.number(block, TarHeader.CHECKSUM) != TarHeader.checksum(block)) {
      throw new TarFormatException(
          "no tar header at byte %d: its checksum does not match".formatted(position - BLOCK));
    }
    return true;
  }

  private TarEntry member(char flag, ExtendedHeaders extended) throws IOException {
    String path = extended.path().isPresent() ? extended.path().get() : headerPath();
    TarEntry.Type type = type(flag, path);
    long stored = extended.size().orElse(TarHeader.number(block, TarHeader.SIZE));
    if (stored < 0) {
      throw new TarFormatException("member " + path + " has a negative size");
    }
    long size = 0;
    if (type == TarEntry.Type.FILE) {
      size = beginFile(path, flag == OLD_SPARSE, stored, extended.sparseSize());
    } else {
      // Some writers put a link's or directory's size here, with no content behind it.
      begin(0);
    }
    return new TarEntry(
        withoutTrailingSlashes(path),
        type,
        (int) TarHeader.number(block, TarHeader.MODE) & 07777,
        extended.uid().orElse(TarHeader.number(block, TarHeader.UID)),
        extended.gid().orElse(TarHeader.number(block, TarHeader.GID)),
        size,
        type == TarEntry.Type.SYMLINK || type == TarEntry.Type.HARD_LINK ? link(extended) : "",
        (int) TarHeader.number(block, TarHeader.MAJOR),
        (int) TarHeader.number(block, TarHeader.MINOR),
        extended.mtime().orElse(TarHeader.number(block, TarHeader.MTIME)),
        extended.attributes());
  }

  /** Returns the size of the whole file. */
  private long beginFile(String path, boolean oldSparse, long stored, Optional<Long> paxSparse)
      throws IOException {
    if (oldSparse) {
      sparse = Optional.of(SparseMap.old(block, this::nextBlock));
    }
    begin(stored);
    if (paxSparse.isPresent()) {
      sparse = Optional.of(SparseMap.pax(paxSparse.get(), this::nextBlock));
      contentOffset = position;
    }
    if (sparse.isEmpty()) {
      return stored;
    }
    if (sparse.get().stored() > contentEnd - position) {
      throw new TarFormatException(
          "member %s stores fewer bytes than its map of them says".formatted(path));
    }
    return sparse.get().size();
  }

  private String link(ExtendedHeaders extended) throws IOException {
    return extended.link().isPresent()
        ? extended.link().get()
        : names.decode(TarHeader.bytes(block, TarHeader.LINK));
  }

  private static TarEntry.Type type(char flag, String path) throws TarFormatException {
    return switch (flag) {
      // The oldest archives mark a directory only by the slash at its end.
      case '\0', '0', '7' -> path.endsWith("/") ? TarEntry.Type.DIRECTORY : TarEntry.Type.FILE;
      case '1' -> TarEntry.Type.HARD_LINK;
      case '2' -> TarEntry.Type.SYMLINK;
      case '3' -> TarEntry.Type.CHARACTER;
      case '4' -> TarEntry.Type.BLOCK;
      case '5' -> TarEntry.Type.DIRECTORY;
      case '6' -> TarEntry.Type.FIFO;
      case OLD_SPARSE -> TarEntry.Type.FILE;
      default ->
          throw new TarFormatException(
              "member %s has the unknown type flag %d".formatted(path, (int) flag));
    };
  }

  private String headerPath() throws IOException {
    String name = names.decode(TarHeader.bytes(block, TarHeader.NAME));
    boolean posix =
        new String(block, TarHeader.MAGIC.offset(), 6, StandardCharsets.ISO_8859_1)
            .equals(TarHeader.POSIX_MAGIC);
    if (!posix) {
      return name;
    }
    String prefix = names.decode(TarHeader.bytes(block, TarHeader.PREFIX));
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private byte[] extendedHeader(long size) throws IOException {
    if (size > EXTENDED_LIMIT) {
      throw new TarFormatException("an extended header is larger than 1 MiB");
    }
    begin(size);
    byte[] bytes = content().readAllBytes();
    if (bytes.length < size) {
      throw new TarFormatException("the archive ends in the middle of an extended header");
    }
    return bytes;
  }

  private void skipMember(long size) throws IOException {
    if (size < 0) {
      throw new TarFormatException("a header has a negative size");
    }
    begin(size);
  }

  private void begin(long size) throws TarFormatException {
    contentOffset = position;
    if (size > Long.MAX_VALUE - position - BLOCK) {
      throw new TarFormatException("a member is larger than any file can be");
    }
    contentEnd = position + size;
    nextHeader = contentEnd + TarHeader.padding(size);
  }

  private void skipTo(long target) throws IOException {
    while (position < target) {
      long skipped = in.skip(target - position);
      if (skipped <= 0) {
        if (in.read() < 0) {
          throw new TarFormatException("the archive ends in the middle of a member");
        }
        skipped = 1;
      }
      position += skipped;
    }
  }

  /** A block of a sparse member's map. */
  private byte[] nextBlock() throws IOException {
    byte[] next = in.readNBytes(BLOCK);
    position += next.length;
    if (next.length < BLOCK) {
      throw new TarFormatException("the archive ends in the middle of a sparse member's map");
    }
    return next;
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static String withoutTrailingSlashes(String path) {
    int end = path.length();
    while (end > 1 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end);
  }

  /** The content of the current member, as far as it has not been read. */
  private final class Content extends BulkInputStream {
    private final long end = contentEnd;

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (position >= end) {
        return -1;
      }
      int read = in.read(bytes, offset, (int) Math.min(length, end - position));
      if (read < 0) {
        throw new EOFException("the archive ends in the middle of a member");
      }
      position += read;
      return read;
    }
  }
}
