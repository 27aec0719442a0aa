package dev.firebuild.worker.tar;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a GNU tar archive. Names beyond 100 bytes go into GNU's long-name members and not into pax
 * headers, because busybox knows only the former; extended attributes have no other place than pax
 * headers. The same members give the same bytes.
 */
public final class TarWriter implements Closeable {
  private static final byte[] ZEROS = new byte[TarHeader.BLOCK];
  private static final String LONG_MEMBER = "././@LongLink";

  private final OutputStream out;
  private final Charset charset;

  /**
   * @param out closed with this writer
   * @param names how names become bytes
   */
  public TarWriter(OutputStream out, Charset names) {
    this.out = out;
    this.charset = names;
  }

  /** Writes a member without content. */
  public void write(TarEntry entry) throws IOException {
    if (entry.size() != 0) {
      throw new IllegalArgumentException(entry.path() + " has content");
    }
    writeHeader(entry);
  }

  /** Writes a file; {@code content} must have at least {@code entry.size()} bytes. */
  public void write(TarEntry entry, InputStream content) throws IOException {
    writeHeader(entry);
    byte[] buffer = new byte[64 * 1024];
    long rest = entry.size();
    while (rest > 0) {
      int read = content.read(buffer, 0, (int) Math.min(buffer.length, rest));
      if (read < 0) {
        throw new IOException(
            "%s became shorter while it was read: %d bytes are missing"
                .formatted(entry.path(), rest));
      }
      out.write(buffer, 0, read);
      rest -= read;
    }
    pad(entry.size());
  }

  /** Writes a file from memory. */
  public void write(TarEntry entry, byte[] content) throws IOException {
    writeHeader(entry);
    out.write(content);
    pad(content.length);
  }

  /**
   * Writes the header alone; the caller writes {@code entry.size()} bytes to the stream and then
   * calls {@link #pad}.
   */
  public void writeHeader(TarEntry entry) throws IOException {
    byte[] path = entry.path().getBytes(charset);
    if (entry.type() == TarEntry.Type.DIRECTORY) {
      path = (entry.path() + "/").getBytes(charset);
    }
    byte[] link = entry.link().getBytes(charset);
    if (!entry.attributes().isEmpty()) {
      writeExtended('x', "PaxHeaders", pax(entry));
    }
    if (link.length > TarHeader.LINK.length()) {
      writeExtended('K', LONG_MEMBER, withNul(link));
    }
    if (path.length > TarHeader.NAME.length()) {
      writeExtended('L', LONG_MEMBER, withNul(path));
    }
    byte[] block = new byte[TarHeader.BLOCK];
    TarHeader.putBytes(block, TarHeader.NAME, path);
    TarHeader.putBytes(block, TarHeader.LINK, link);
    TarHeader.putNumber(block, TarHeader.MODE, entry.mode());
    TarHeader.putNumber(block, TarHeader.UID, entry.uid());
    TarHeader.putNumber(block, TarHeader.GID, entry.gid());
    TarHeader.putNumber(block, TarHeader.SIZE, entry.size());
    TarHeader.putNumber(block, TarHeader.MTIME, entry.mtime());
    if (entry.type() == TarEntry.Type.CHARACTER || entry.type() == TarEntry.Type.BLOCK) {
      TarHeader.putNumber(block, TarHeader.MAJOR, entry.major());
      TarHeader.putNumber(block, TarHeader.MINOR, entry.minor());
    }
    finishBlock(block, entry.type().flag());
  }

  /** Fills the last block of content of {@code size} bytes. */
  public void pad(long size) throws IOException {
    out.write(ZEROS, 0, TarHeader.padding(size));
  }

  /** Writes the two blocks that end an archive; the stream stays open. */
  public void finish() throws IOException {
    out.write(ZEROS);
    out.write(ZEROS);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private void writeExtended(char flag, String name, byte[] content) throws IOException {
    byte[] block = new byte[TarHeader.BLOCK];
    TarHeader.putBytes(block, TarHeader.NAME, name.getBytes(StandardCharsets.ISO_8859_1));
    TarHeader.putNumber(block, TarHeader.MODE, 0);
    TarHeader.putNumber(block, TarHeader.UID, 0);
    TarHeader.putNumber(block, TarHeader.GID, 0);
    TarHeader.putNumber(block, TarHeader.SIZE, content.length);
    TarHeader.putNumber(block, TarHeader.MTIME, 0);
    finishBlock(block, flag);
    out.write(content);
    pad(content.length);
  }

  private static byte[] withNul(byte[] text) {
    return Arrays.copyOf(text, text.length + 1);
  }

  private static byte[] pax(TarEntry entry) {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    entry
        .attributes()
        .forEach((name, value) -> {
          byte[] key = (ExtendedHeaders.ATTRIBUTE + name).getBytes(StandardCharsets.UTF_8);
          byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
          records.writeBytes(
              (recordLength(key.length + bytes.length) + " ").getBytes(StandardCharsets.UTF_8));
          records.writeBytes(key);
          records.write('=');
          records.writeBytes(bytes);
          records.write('\n');
        });
    return records.toByteArray();
  }

  /** The length of a record counts its own digits. */
  private static int recordLength(int keyAndValue) {
    int rest = keyAndValue + " =\n".length();
    int length = rest;
    while (rest + Integer.toString(length).length() != length) {
      length = rest + Integer.toString(length).length();
    }
    return length;
  }

  private void finishBlock(byte[] block, char flag) throws IOException {
    block[TarHeader.TYPE_FLAG] = (byte) flag;
    TarHeader.putBytes(
        block, TarHeader.MAGIC, TarHeader.GNU_MAGIC.getBytes(StandardCharsets.ISO_8859_1));
    // Six digits, NUL, blank: as every tar writes it.
    String sum = "%06o\0 ".formatted(TarHeader.checksum(block));
    TarHeader.putBytes(block, TarHeader.CHECKSUM, sum.getBytes(StandardCharsets.ISO_8859_1));
    out.write(block);
  }
}
