package dev.firebuild.worker.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import dev.firebuild.worker.tar.TarEntry;
import dev.firebuild.worker.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ArchiveDetectorTest {
  private interface Compression {
    OutputStream over(OutputStream out) throws IOException;
  }

  @Test
  void tarsAreKnownHoweverTheyAreCompressed() throws IOException {
    byte[] tar = tar();

    assertThat(isTar(tar)).isTrue();
    assertThat(isTar(compress(tar, GZIPOutputStream::new))).isTrue();
    assertThat(isTar(compress(tar, BZip2CompressorOutputStream::new))).isTrue();
    assertThat(isTar(compress(tar, ZstdOutputStream::new))).isTrue();
    assertThat(isTar(compress(tar, out -> new XZOutputStream(out, new LZMA2Options())))).isTrue();
  }

  @Test
  void otherFilesAreNoTars() throws IOException {
    byte[] text = "x".repeat(2000).getBytes(StandardCharsets.UTF_8);

    assertThat(isTar(text)).isFalse();
    assertThat(isTar(new byte[0])).isFalse();
    assertThat(isTar(new byte[1024])).isFalse();
    assertThat(isTar(compress(text, GZIPOutputStream::new))).isFalse();
    assertThat(isTar(new byte[] {0x1f, (byte) 0x8b, 1, 2, 3})).isFalse();
  }

  private static boolean isTar(byte[] bytes) {
    return ArchiveDetector.isTar(new ByteArrayInputStream(bytes));
  }

  private static byte[] compress(byte[] bytes, Compression compression) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream out = compression.over(compressed)) {
      out.write(bytes);
    }
    return compressed.toByteArray();
  }

  private static byte[] tar() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(bytes, StandardCharsets.UTF_8)) {
      tar.write(TarEntry.directory("d", 0755, 0));
      tar.finish();
    }
    return bytes.toByteArray();
  }
}
