package dev.firebuild.worker.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleTest {
  @TempDir Path directory;

  @Test
  void linesAreHandedOnAndTheNewestBytesKept() throws Exception {
    Path file = directory.resolve("console.log");
    List<String> lines = new ArrayList<>();
    String flood = "x".repeat(99) + "\n";
    byte[] bytes = ("first\r\n" + flood.repeat(20_000) + "last\n").getBytes(StandardCharsets.UTF_8);

    new Console(file, lines::add).pump(new ByteArrayInputStream(bytes));

    assertThat(lines).hasSize(20_002).startsWith("first").endsWith("last");
    assertThat(Files.readString(file)).endsWith("last\n");
    assertThat(Files.size(file)).isLessThanOrEqualTo(256 * 1024);
    assertThat(Files.size(directory.resolve("console.log.1"))).isLessThanOrEqualTo(256 * 1024);
  }

  @Test
  void linesAreHandedOnAlsoWhereNothingCanBeKept() throws Exception {
    // Given a place where no file can be made, as on a full disk
    Path file = directory.resolve("missing").resolve("console.log");
    List<String> lines = new ArrayList<>();
    byte[] bytes = "first\nlast\n".getBytes(StandardCharsets.UTF_8);

    // When
    new Console(file, lines::add).pump(new ByteArrayInputStream(bytes));

    // Then
    assertThat(lines).containsExactly("first", "last");
  }
}
