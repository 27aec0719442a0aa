package dev.firebuild.worker.tar;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads a tar archive member by member: {@code ustar}, GNU and pax headers. What an archive can ask
 * for is bounded: names have at most 4 KiB, extended headers 1 MiB. Sparse members are refused,
 * extended attributes are counted and dropped.
 */
public final class TarReader implements Closeable {
  private static final int BLOCK = TarHeader.BLOCK;
  private static final int EXTENDED_LIMIT = 1 << 20;
  private static final int NAME_LIMIT = 4096;

  private final InputStream in;
  private final Charset charset;
  private final byte[] block = new byte[BLOCK];
  private long position;
  private long contentOffset;
  private long contentEnd;
  private long nextHeader;
  private long droppedAttributes;

  /**
   * @param in read from its current position; closed with this reader
   * @param names of the bytes of names; UTF-8 refuses what is no UTF-8, ISO 8859-1 takes every name
   *     and gives it back unchanged when it writes
   */
  public TarReader(InputStream in, Charset names) {
    this.in = in;
    this.charset = names;
  }

  /** Skips what is left of the current member and reads the next one; empty at the end. */
  public Optional<TarEntry> next() throws IOException {
    Extended extended = new Extended();
    while (true) {
      skipTo(nextHeader);
      if (!readHeader()) {
        return Optional.empty();
      }
      long size = TarHeader.number(block, TarHeader.SIZE);
      char flag = (char) (block[TarHeader.TYPE_FLAG] & 0xff);
      switch (flag) {
        case 'x' -> extended.readPax(extendedHeader(size));
        case 'g' -> skipMember(size);
        case 'L' -> extended.path = Optional.of(text(untilNul(extendedHeader(size))));
        case 'K' -> extended.link = Optional.of(text(untilNul(extendedHeader(size))));
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

  /** How many extended attributes the archive held so far; they are not delivered. */
  public long droppedAttributes() {
    return droppedAttributes;
  }

  /** The rest of the current member's content; valid until {@link #next()}. */
  public InputStream content() {
    return new Content();
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

  private TarEntry member(char flag, Extended extended) throws IOException {
    String path = extended.path.isPresent() ? extended.path.get() : headerPath();
    TarEntry.Type type = type(flag, path);
    long size = extended.size.orElse(TarHeader.number(block, TarHeader.SIZE));
    if (size < 0) {
      throw new TarFormatException("member " + path + " has a negative size");
    }
    if (type != TarEntry.Type.FILE) {
      // Some writers put a link's or directory's size here, with no content behind it.
      size = 0;
    }
    begin(size);
    if (path.length() > NAME_LIMIT || path.indexOf('\0') >= 0) {
      throw new TarFormatException("a name is longer than 4096 bytes or holds a NUL");
    }
    return new TarEntry(
        withoutTrailingSlashes(path),
        type,
        (int) TarHeader.number(block, TarHeader.MODE) & 07777,
        extended.uid.orElse(TarHeader.number(block, TarHeader.UID)),
        extended.gid.orElse(TarHeader.number(block, TarHeader.GID)),
        size,
        type == TarEntry.Type.SYMLINK || type == TarEntry.Type.HARD_LINK ? link(extended) : "",
        (int) TarHeader.number(block, TarHeader.MAJOR),
        (int) TarHeader.number(block, TarHeader.MINOR),
        extended.mtime.orElse(TarHeader.number(block, TarHeader.MTIME)));
  }

  private String link(Extended extended) throws IOException {
    String link =
        extended.link.isPresent()
            ? extended.link.get()
            : text(TarHeader.bytes(block, TarHeader.LINK));
    if (link.length() > NAME_LIMIT || link.indexOf('\0') >= 0) {
      throw new TarFormatException("a link is longer than 4096 bytes or holds a NUL");
    }
    return link;
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
      case 'S' ->
          throw new TarFormatException(
              "member %s is stored sparse; make the archive without --sparse".formatted(path));
      default ->
          throw new TarFormatException(
              "member %s has the unknown type flag %d".formatted(path, (int) flag));
    };
  }

  private String headerPath() throws IOException {
    String name = text(TarHeader.bytes(block, TarHeader.NAME));
    boolean posix =
        new String(block, TarHeader.MAGIC.offset(), 6, StandardCharsets.ISO_8859_1)
            .equals(TarHeader.POSIX_MAGIC);
    if (!posix) {
      return name;
    }
    String prefix = text(TarHeader.bytes(block, TarHeader.PREFIX));
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

  private String text(byte[] bytes) throws TarFormatException {
    try {
      return charset
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException _) {
      throw new TarFormatException("a name at byte %d is not UTF-8".formatted(position));
    }
  }

  private static byte[] untilNul(byte[] bytes) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(bytes.length);
    for (byte b : bytes) {
      if (b == 0) {
        break;
      }
      text.write(b);
    }
    return text.toByteArray();
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

  /** What extended headers say about the member that follows them. */
  private final class Extended {
    private Optional<String> path = Optional.empty();
    private Optional<String> link = Optional.empty();
    private Optional<Long> size = Optional.empty();
    private Optional<Long> uid = Optional.empty();
    private Optional<Long> gid = Optional.empty();
    private Optional<Long> mtime = Optional.empty();

    /** Reads records {@code LENGTH KEY=VALUE\n}, where the length counts the whole record. */
    private void readPax(byte[] bytes) throws IOException {
      int at = 0;
      while (at < bytes.length && bytes[at] != 0) {
        int blank = at;
        int length = 0;
        while (blank < bytes.length && bytes[blank] >= '0' && bytes[blank] <= '9') {
          length = length * 10 + bytes[blank] - '0';
          blank++;
          if (length > bytes.length - at) {
            throw malformed();
          }
        }
        int equals = blank;
        while (equals < at + length && bytes[equals] != '=') {
          equals++;
        }
        if (blank == at || equals >= at + length - 1 || bytes[blank] != ' ') {
          throw malformed();
        }
        String key = new String(bytes, blank + 1, equals - blank - 1, StandardCharsets.UTF_8);
        byte[] value = Arrays.copyOfRange(bytes, equals + 1, at + length - 1);
        take(key, value);
        at += length;
      }
    }

    private void take(String key, byte[] value) throws IOException {
      switch (key) {
        case "path" -> path = Optional.of(text(value));
        case "linkpath" -> link = Optional.of(text(value));
        case "size" -> size = Optional.of(number(value));
        case "uid" -> uid = Optional.of(number(value));
        case "gid" -> gid = Optional.of(number(value));
        case "mtime" -> mtime = Optional.of(seconds(value));
        default -> {
          if (key.startsWith("GNU.sparse.")) {
            throw new TarFormatException(
                "a member is stored sparse; make the archive without --sparse");
          }
          if (key.startsWith("SCHILY.xattr.") || key.startsWith("LIBARCHIVE.xattr.")) {
            droppedAttributes++;
          }
        }
      }
    }

    private long number(byte[] value) throws TarFormatException {
      try {
        long number = Long.parseLong(new String(value, StandardCharsets.UTF_8));
        if (number >= 0) {
          return number;
        }
      } catch (NumberFormatException _) {
        // Reported below, as a negative number is.
      }
      throw malformed();
    }

    private long seconds(byte[] value) throws TarFormatException {
      String text = new String(value, StandardCharsets.UTF_8);
      if (text.startsWith("-")) {
        return 0;
      }
      int dot = text.indexOf('.');
      return number((dot < 0 ? text : text.substring(0, dot)).getBytes(StandardCharsets.UTF_8));
    }

    private TarFormatException malformed() {
      return new TarFormatException(
          "an extended header before byte %d is malformed".formatted(position));
    }
  }

  /** The content of the current member, as far as it has not been read. */
  private final class Content extends InputStream {
    private final long end = contentEnd;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

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
