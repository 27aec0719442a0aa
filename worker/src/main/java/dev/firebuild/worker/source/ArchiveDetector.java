package dev.firebuild.worker.source;

import com.github.luben.zstd.ZstdInputStream;
import dev.firebuild.worker.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Tells by the bytes, never by the name, whether a file is a tar archive, compressed or not; and
 * reads compressed ones.
 */
public final class ArchiveDetector {
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};
  private static final byte[] BZIP2 = {'B', 'Z', 'h'};
  private static final byte[] XZ = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
  private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
  private static final int LONGEST = 6;
  private static final int XZ_MEMORY_KIB = 128 * 1024;

  private ArchiveDetector() {}

  /** Whether {@code content} begins with a member of a tar, compressed or not. */
  public static boolean isTar(InputStream content) {
    try (TarReader tar = new TarReader(decompress(content), StandardCharsets.ISO_8859_1)) {
      return tar.next().isPresent();
    } catch (IOException _) {
      return false;
    }
  }

  /** The bytes of {@code content}, decompressed if it is gzip, bzip2, xz or zstd. */
  public static InputStream decompress(InputStream content) throws IOException {
    BufferedInputStream in = new BufferedInputStream(content);
    in.mark(LONGEST);
    byte[] magic = in.readNBytes(LONGEST);
    in.reset();
    if (startsWith(magic, GZIP)) {
      return new BufferedInputStream(new GZIPInputStream(in));
    }
    if (startsWith(magic, BZIP2)) {
      return new BufferedInputStream(new BZip2CompressorInputStream(in, true));
    }
    if (startsWith(magic, XZ)) {
      return new BufferedInputStream(new XZInputStream(in, XZ_MEMORY_KIB));
    }
    if (startsWith(magic, ZSTD)) {
      return new BufferedInputStream(new ZstdInputStream(in));
    }
    return in;
  }

  private static boolean startsWith(byte[] bytes, byte[] magic) {
    return bytes.length >= magic.length
        && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
  }
}
