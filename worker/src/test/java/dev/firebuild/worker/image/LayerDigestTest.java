package dev.firebuild.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Digest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerDigestTest {
  private static final int BLOCK = 4096;

  @TempDir private Path directory;

  @Test
  void holesAndWrittenZerosAreTheSame() throws Exception {
    // Given
    Path sparse = directory.resolve("sparse");
    try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
      file.setLength(40L * BLOCK + 7);
      file.seek(13L * BLOCK + 100);
      file.write(1);
      file.seek(40L * BLOCK + 6);
      file.write(2);
    }
    Path full = directory.resolve("full");
    Files.write(full, Files.readAllBytes(sparse));

    // Then
    assertThat(LayerDigest.of(sparse)).isEqualTo(LayerDigest.of(full));
  }

  @Test
  void theDefinitionHolds() throws Exception {
    // Given a file of three blocks and a bit, of which the first and third are zeros
    Path file = directory.resolve("file");
    byte[] content = new byte[3 * BLOCK + 5];
    Arrays.fill(content, BLOCK, 2 * BLOCK, (byte) 7);
    content[content.length - 1] = 9;
    Files.write(file, content);

    // When
    MessageDigest expected = MessageDigest.getInstance("SHA-256");
    expected.update("firebuild-layer-v1\n".getBytes(StandardCharsets.US_ASCII));
    expected.update(number(content.length));
    expected.update(number(1));
    expected.update(content, BLOCK, BLOCK);
    expected.update(number(3));
    expected.update(Arrays.copyOfRange(content, 3 * BLOCK, 4 * BLOCK));

    // Then
    assertThat(LayerDigest.of(file))
        .isEqualTo(new Digest("sha256:" + HexFormat.of().formatHex(expected.digest())));
  }

  @Test
  void everyByteAndTheSizeCount() throws IOException {
    Path file = Disks.clean(directory.resolve("a"), 1 << 20, 1);
    Path other = Disks.clean(directory.resolve("b"), 1 << 20, 2);
    Path larger = Disks.clean(directory.resolve("c"), 1 << 20, 1);
    try (RandomAccessFile access = new RandomAccessFile(larger.toFile(), "rw")) {
      access.setLength(2 << 20);
    }

    assertThat(LayerDigest.of(file)).isNotEqualTo(LayerDigest.of(other));
    assertThat(LayerDigest.of(file)).isNotEqualTo(LayerDigest.of(larger));
  }

  @Test
  void anEmptyFileHasADigest() throws IOException {
    assertThat(LayerDigest.of(Files.createFile(directory.resolve("empty")))).isNotNull();
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }
}
