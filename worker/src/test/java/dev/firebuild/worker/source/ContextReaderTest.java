package dev.firebuild.worker.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.worker.source.ContextEntry.Kind;
import dev.firebuild.worker.tar.TarEntry;
import dev.firebuild.worker.tar.TarWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextReaderTest {
  private static final byte[] CONTENT = "abc".getBytes(StandardCharsets.UTF_8);
  private static final String CONTENT_SHA256 =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir private Path directory;

  @Test
  void everythingIsFoundByPath() throws Exception {
    // Given
    ContextIndex index =
        read(
            TarEntry.directory("./", 0700, 0),
            TarEntry.file("./deep/er/f", 0640, 3, 0),
            TarEntry.symlink("l", "deep", 0),
            TarEntry.hardLink("h", "deep/er/f", 0640, 0));

    // Then
    ContextEntry file = index.entry("deep/er/f").orElseThrow();
    assertThat(file.content()).isEqualTo(CONTENT_SHA256);
    assertThat(file.mode()).isEqualTo(0640);
    assertThat(index.entry("deep").orElseThrow().isDirectory()).isTrue();
    assertThat(index.entry("l").orElseThrow().kind()).isEqualTo(Kind.SYMLINK);
    ContextEntry second = index.entry("h").orElseThrow();
    assertThat(second.identity()).isEqualTo(file.identity());
    assertThat(second.offset()).isEqualTo(file.offset());
  }

  @Test
  void sparseFilesAreRefusedWithWhatToDo() throws Exception {
    // Given
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve("holes").toFile(), "rw")) {
      file.setLength(1 << 20);
    }
    Path tar = directory.resolve("sparse.tar");
    Process packing =
        new ProcessBuilder("tar", "-cSf", tar.toString(), "-C", directory.toString(), "holes")
            .start();
    assertThat(packing.waitFor()).isZero();

    assertThatThrownBy(() -> ContextReader.read(tar))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("\"holes\" is stored sparse")
        .hasMessageContaining("without --sparse");
  }

  @Test
  void contentCanBeReadAtItsOffset() throws Exception {
    // Given
    Path tar = write(TarEntry.directory("d".repeat(200), 0755, 0), TarEntry.file("f", 0644, 3, 0));

    // When
    ContextEntry file = ContextReader.read(tar).entry("f").orElseThrow();

    // Then
    byte[] bytes = Files.readAllBytes(tar);
    int offset = Math.toIntExact(file.offset());
    assertThat(new String(bytes, offset, 3, StandardCharsets.UTF_8)).isEqualTo("abc");
  }

  @Test
  void namesThatLeaveTheContextAreRefused() {
    assertRefused("leaves the context", TarEntry.file("a/../../b", 0644, 0, 0));
    assertRefused("begins with a slash", TarEntry.file("/etc/passwd", 0644, 0, 0));
    assertRefused("leaves the context", TarEntry.hardLink("x", "../y", 0644, 0));
  }

  @Test
  void allTextThatIsKeptIsBounded() throws Exception {
    // Given what a small name may bring with it
    TarEntry file = TarEntry.file("f", 0644, 0, 0);
    SortedMap<String, String> small = new TreeMap<>();
    for (int i = 0; i < 100; i++) {
      small.put("user.%d".formatted(i), "");
    }
    List<Path> archives =
        List.of(
            write(TarEntry.file("f".repeat(2001), 0644, 0, 0)),
            write(TarEntry.symlink("f", "t".repeat(2000), 0)),
            write(file.withAttributes(new TreeMap<>(Map.of("user.a", "v".repeat(2000))))),
            write(TarEntry.directory("d", 0755, 0).withAttributes(small)),
            // Every part is a directory with a name of its own.
            write(TarEntry.file("d/".repeat(100) + "f", 0644, 0, 0)));

    for (Path archive : archives) {
      assertThatThrownBy(() -> ContextReader.read(archive, 2000))
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("names, links or attributes of more than 2000 bytes");
      assertThat(ContextReader.read(archive, 15_000).below("")).isNotEmpty();
    }
  }

  @Test
  void whatIsLeftOutOrSharedIsNotCounted() throws Exception {
    TarEntry file = TarEntry.file("f", 0644, 0, 0);
    Path archive =
        write(
            file.withAttributes(
                new TreeMap<>(Map.of("user.a", "v".repeat(900), "security.b", "v".repeat(2000)))),
            TarEntry.hardLink("h", "f", 0644, 0));

    assertThat(ContextReader.read(archive, 1500).entry("h").orElseThrow().attributes())
        .containsOnlyKeys("user.a");
  }

  @Test
  void nothingLiesBelowWhatIsNoDirectory() {
    assertRefused(
        "no directory", TarEntry.symlink("a", "/etc", 0), TarEntry.file("a/passwd", 0644, 0, 0));
    assertRefused(
        "directory and something else",
        TarEntry.file("a/b", 0644, 0, 0),
        TarEntry.symlink("a", "/etc", 0));
  }

  @Test
  void hardLinksNeedTheirTargetFirst() {
    assertRefused("does not come before it", TarEntry.hardLink("x", "y", 0644, 0));
  }

  @Test
  void theLaterOfTwoMembersCounts() throws Exception {
    ContextIndex index = read(TarEntry.file("f", 0600, 0, 0), TarEntry.file("f", 0644, 3, 0));

    assertThat(index.entry("f").orElseThrow().size()).isEqualTo(3);
  }

  @Test
  void linksAreFollowedInsideTheContextOnly() throws Exception {
    // Given
    ContextIndex index =
        read(
            TarEntry.file("d/f", 0644, 3, 0),
            TarEntry.symlink("absolute", "/d", 0),
            TarEntry.symlink("up", "../../../d/f", 0),
            TarEntry.symlink("chain", "absolute/f", 0),
            TarEntry.symlink("loop", "loop", 0));

    // Then
    assertThat(index.resolve("absolute/f")).contains("d/f");
    assertThat(index.resolve("up")).contains("d/f");
    assertThat(index.resolve("chain")).contains("d/f");
    assertThat(index.resolve("d/../d/./f")).contains("d/f");
    assertThat(index.resolve("missing/x")).contains("missing/x");
    assertThat(index.resolve("loop")).isEmpty();
  }

  @Test
  void belowWalksLikeATree() throws Exception {
    // Given names whose order as plain text differs: '!' and '-' come before '/'
    ContextIndex index =
        read(
            TarEntry.file("d!/x", 0644, 0, 0),
            TarEntry.file("d/b/x", 0644, 0, 0),
            TarEntry.file("d/b-c", 0644, 0, 0),
            TarEntry.file("d/a", 0644, 0, 0),
            TarEntry.file("d0", 0644, 0, 0));

    // Then
    assertThat(paths(index.below("d"))).containsExactly("d/a", "d/b", "d/b/x", "d/b-c");
    assertThat(paths(index.below(""))).startsWith("d", "d/a").endsWith("d!", "d!/x", "d0");
  }

  private static List<String> paths(List<ContextEntry> entries) {
    return entries.stream().map(ContextEntry::path).toList();
  }

  private void assertRefused(String reason, TarEntry... entries) {
    assertThatThrownBy(() -> read(entries))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining(reason);
  }

  private ContextIndex read(TarEntry... entries) throws Exception {
    return ContextReader.read(write(entries));
  }

  private Path write(TarEntry... entries) throws IOException {
    Path file = Files.createTempFile(directory, "context", ".tar");
    try (OutputStream out = Files.newOutputStream(file);
        TarWriter writer = new TarWriter(out, StandardCharsets.UTF_8)) {
      for (TarEntry entry : entries) {
        writer.write(entry, content(entry));
      }
      writer.finish();
    }
    return file;
  }

  private static byte[] content(TarEntry entry) {
    return entry.size() == 0 ? new byte[0] : CONTENT;
  }
}
