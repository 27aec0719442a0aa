package dev.firebuild.coordinator.blob;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextFileTest {
  private static final int MANY = 100_000;

  @TempDir Path folder;

  @Test
  void theLastEntryOfANameCounts() throws Exception {
    Path tar = folder.resolve("context.tar");
    try (TarArchiveOutputStream out = open(tar)) {
      add(out, "./Dockerfile", "FROM old\n");
      add(out, "big", "x".repeat(200_000));
      add(out, "Dockerfile", "FROM new\n");
      add(out, "dir/Dockerfile", "FROM other\n");
    }

    assertThat(ContextFile.read(tar, "Dockerfile")).contains("FROM new\n");
    assertThat(ContextFile.read(tar, "./dir/Dockerfile")).contains("FROM other\n");
    assertThat(ContextFile.read(tar, "none")).isEmpty();
  }

  @Test
  void aDockerfileThatIsTooLargeIsRefused() throws Exception {
    Path tar = folder.resolve("context.tar");
    try (TarArchiveOutputStream out = open(tar)) {
      add(out, "Dockerfile", "#".repeat((4 << 20) + 1));
    }

    assertThatThrownBy(() -> ContextFile.read(tar, "Dockerfile"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("4194305 bytes");
  }

  @Test
  void aContextOfManyFilesIsReadInLittleMemory() throws Exception {
    // Given
    Path tar = folder.resolve("context.tar");
    try (TarArchiveOutputStream out = open(tar)) {
      add(out, "Dockerfile", "FROM scratch\n");
      for (int i = 0; i < MANY; i++) {
        add(out, "files/" + i, "");
      }
    }

    // When
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx24m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Reading.class.getName(),
                tar.toString())
            .redirectErrorStream(true)
            .start();

    // Then
    try (var printed = java.getInputStream()) {
      assertThat(new String(printed.readAllBytes(), UTF_8)).isEqualTo("FROM scratch\n");
    }
    assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  /** A process of its own, of which the test says how much memory it has. */
  static final class Reading {
    private Reading() {}

    public static void main(String[] args) throws IOException {
      System.out.print(ContextFile.read(Path.of(args[0]), "Dockerfile").orElse("none"));
    }
  }

  private static TarArchiveOutputStream open(Path tar) throws IOException {
    return new TarArchiveOutputStream(new BufferedOutputStream(Files.newOutputStream(tar)));
  }

  private static void add(TarArchiveOutputStream out, String name, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    out.putArchiveEntry(entry);
    out.write(bytes);
    out.closeArchiveEntry();
  }
}
